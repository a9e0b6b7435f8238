import { header } from './fake-oauth.js';
import { CONNECTION } from './fake-gateway.js';
import { authenticate, connectApp, edit, startOrg } from './test-organization.js';

describe('The connection of an app', () => {
  const closers: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  async function authenticated() {
    const { tidegate, ...rest } = await startOrg(closers);
    const app = rest.org.addApp('tidegate-scim');
    await authenticate(app, tidegate);
    await app.connection.save();
    app.toApp = { create: true, update: true, deactivate: true };
    tidegate.sent();
    return { tidegate, app, ...rest };
  }
  const grants = (calls: Record<string, string>[]) => calls.map((call) => call['grant_type']);

  it('can authenticate with the secret in the body and PKCE', async () => {
    const { tidegate, org } = await startOrg(closers, {
      clientId: 'okta',
      clientSecret: 'secret',
      authentication: 'post',
    });
    const app = org.addApp('tidegate-scim');
    app.general = { ...app.general, clientAuthentication: 'post', pkce: true };
    await authenticate(app, tidegate);
    expect(tidegate.oauth.tokenCalls).toMatchObject([{ client_secret: 'secret', code_verifier: expect.any(String) }]);
    await app.connection.test();
  });

  it('refreshes an expired access token once per operation, with the newest refresh token', async () => {
    const { tidegate, app, clock, org, add } = await authenticated();
    clock.time += 3_601_000;
    expect(grants(tidegate.oauth.tokenCalls)).toEqual(['authorization_code']);
    tidegate.oauth.accessTokens.clear();
    await Promise.all([app.connection.send('GET', '/Users?startIndex=1&count=2'), app.import()]);
    expect(grants(tidegate.oauth.tokenCalls)).toEqual(['authorization_code', 'refresh_token']);
    clock.time += 3_601_000;
    app.assignments.assign({ person: add('alice') });
    await org.idle();
    expect(grants(tidegate.oauth.tokenCalls)).toHaveLength(3);
    expect(app.tasks.failed).toEqual([]);
  });

  it('fails the task if the refresh is refused, until an administrator authenticates again', async () => {
    const { tidegate, app, clock, org, add } = await authenticated();
    clock.time += 3_601_000;
    tidegate.oauth.forgetRefreshTokens();
    app.assignments.assign({ person: add('alice') });
    await org.idle();
    const detail = 'the access token could not be refreshed: invalid_grant: the refresh token is not known';
    expect(app.tasks.failed).toMatchObject([{ label: 'assign alice@acme.example', status: 400, detail }]);
    await authenticate(app, tidegate);
    await app.connection.save();
    await app.tasks.retry();
    expect(app.tasks.failed).toEqual([]);
    expect(tidegate.directory.users).toHaveLength(1);
  });

  it('uses the saved settings until new ones pass the test and are saved', async () => {
    const { tidegate, app } = await authenticated();
    edit(app, { connectionId: 'another' });
    expect(app.connection.draft.tokens).toBeUndefined();
    await expect(app.connection.save()).rejects.toThrow('not authenticated');
    expect(app.connection.saved.settings.connectionId).toBe(CONNECTION);
    await app.import();
    expect(tidegate.sent()).toHaveLength(2);
  });

  it('accepts only its own state, once, within ten minutes', async () => {
    const { org, tidegate, clock } = await startOrg(closers);
    const app = org.addApp('tidegate-scim');
    app.general = { ...app.general, clientId: 'okta' };
    edit(app, { connectionId: CONNECTION });
    const state = new URL(app.connection.authenticate()).searchParams.get('state') ?? '';
    expect([app.connection.isAwaiting('guessed'), app.connection.isAwaiting(state)]).toEqual([false, true]);
    clock.time += 600_000;
    expect(app.connection.isAwaiting(state)).toBe(false);
    await expect(app.connection.completeAuthentication(state, new URLSearchParams({ code: 'c' }))).rejects.toThrow(
      'has expired',
    );
    expect(tidegate.oauth.tokenCalls).toEqual([]);
  });

  it.each([
    ['scim2-header', 't0k'],
    ['scim2-bearer', 'Bearer t0k'],
    ['wizard-header', 'Bearer t0k'],
  ] as const)('%s sends its token as "%s"', async (key, sent) => {
    const { org, tidegate } = await startOrg(closers);
    const app = await connectApp(org, tidegate, key);
    await app.import();
    expect(tidegate.received.map((each) => header(each.rawHeaders, 'authorization'))).toEqual([sent, sent]);
  });

  it.each([
    ['Base URL: "" is not', {}],
    ['no token was entered', { baseUrl: 'http://127.0.0.1:9/scim' }],
    ['ECONNREFUSED', { baseUrl: 'http://127.0.0.1:9/scim', token: 't' }],
  ])('does not save if the test fails: %s', async (reason, settings) => {
    const { org } = await startOrg(closers);
    const app = org.addApp('scim2-bearer');
    edit(app, { enabled: true, ...settings });
    await expect(app.connection.save()).rejects.toThrow(reason);
    expect(app.enabled).toBe(false);
  });
});
