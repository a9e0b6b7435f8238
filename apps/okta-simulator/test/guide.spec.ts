import { Browser, eventually } from '@tidegate/testing';
import { type OktaSimulator, startOktaSimulator } from '../src/simulator.js';
import { CONNECTION, type FakeGateway, fakeGateway } from './fake-gateway.js';

const CLIENT = { clientId: 'okta', clientSecret: 'se cret+/:%', authentication: 'basic' as const };
const TEST_PAIR = ['GET /Users?startIndex=1&count=2', 'GET /Groups?startIndex=1&count=100'];

/** The steps of the guide under "In Okta", in a browser. Each test continues from the previous one. */
describe('The guide in the Okta organization', () => {
  let tidegate: FakeGateway;
  let okta: OktaSimulator;
  const browser = new Browser();

  beforeAll(async () => {
    tidegate = await fakeGateway(CLIENT);
    okta = await startOktaSimulator({ tidegate: tidegate.url });
  });
  afterAll(async () => {
    await okta?.close();
    await tidegate?.close();
  });

  const app = () => [...okta.org.apps.values()][0]!;

  it('Browse App Catalog: search, and add the Tidegate SCIM app', async () => {
    await browser.open(okta.origin);
    await browser.follow('Browse App Catalog');
    expect(await browser.press('Search', { q: 'tidegate' })).not.toContain('Header Auth');
    expect(await browser.press('Add Integration')).toContain('Tidegate SCIM was added.');
  });

  it('General: the client of Tidegate is entered, and the redirect URI is shown', async () => {
    const { clientId, clientSecret } = CLIENT;
    const text = await browser.press('Save', { clientId, clientSecret, appName: 'acme_tidegate_1' });
    const redirectUri = `${okta.origin}/admin/app/cpc/acme_tidegate_1/oauth/callback`;
    expect(text).toContain(redirectUri);
    expect(browser.body).not.toContain('se cret');
    tidegate.register(redirectUri);
  });

  it('Provisioning: without authentication the test fails with the reason, and Save saves nothing', async () => {
    await browser.follow('Provisioning: Integration');
    const entries = { enabled: true, connectionId: CONNECTION };
    expect(await browser.press('Test API Credentials', entries)).toContain('not authenticated');
    expect(await browser.press('Save', entries)).toContain('not authenticated');
    expect(app().enabled).toBe(false);
    expect(tidegate.sent()).toEqual([]);
  });

  it('a denied consent is shown and stores no tokens', async () => {
    await browser.press('Authenticate with Tidegate', { enabled: true, connectionId: CONNECTION });
    expect(await browser.press('Deny')).toContain('Authentication failed: access_denied: the administrator said no');
    expect(app().connection.draft.tokens).toBeUndefined();
  });

  it('Authenticate with Tidegate: the consent page redirects back, and the code is exchanged for tokens', async () => {
    expect(await browser.press('Authenticate with Tidegate', { enabled: true, connectionId: CONNECTION })).toContain(
      'asks for access',
    );
    expect(browser.url.searchParams.get('scope')).toBe('offline_access');
    expect(browser.url.searchParams.has('code_challenge')).toBe(false);
    expect(await browser.press('Allow')).toContain('Authenticated with Tidegate.');
    const callback = browser.history.find((address) => address.includes('/oauth/callback?'));
    expect(await browser.open(callback ?? '')).toContain('This authentication was not started here');
    await browser.open(`/admin/apps/${app().id}/provisioning`);
  });

  it('Test API Credentials: sends exactly two reads', async () => {
    expect(await browser.press('Test API Credentials')).toContain('verified successfully');
    expect(tidegate.sent()).toEqual(TEST_PAIR);
  });

  it('Save', async () => {
    expect(await browser.press('Save')).toContain('Saved.');
    expect(app().enabled).toBe(true);
    expect(tidegate.sent()).toEqual(TEST_PAIR);
  });

  it('a disabled operation sends nothing', async () => {
    const erin = okta.org.people.create({ userName: 'erin@acme.example', givenName: 'Erin', familyName: 'Evans' });
    await browser.open(`/admin/apps/${app().id}/assignments`);
    await browser.press('Assign', { person: erin.id });
    okta.org.people.update(erin, { title: 'Engineer' });
    await browser.press('Unassign');
    expect(tidegate.sent()).toEqual([]);
  });

  it('To App: Create Users, Update User Attributes, Deactivate Users', async () => {
    await browser.follow('To App');
    expect(await browser.press('Save', { create: true, update: true, deactivate: true })).toContain('Saved.');
  });

  it('Push Users: an assigned person is searched and created', async () => {
    const alice = okta.org.people.create({ userName: 'alice@acme.example', givenName: 'Alice', familyName: 'Archer' });
    await browser.follow('Assignments');
    expect(await browser.press('Assign', { person: alice.id })).toContain('alice@acme.example person active');
    expect(tidegate.sent().map((line) => line.split(' {')[0])).toEqual([
      'GET /Users?filter=userName%20eq%20%22alice%40acme.example%22&startIndex=1&count=100',
      'POST /Users',
    ]);
    expect(tidegate.directory.users).toMatchObject([{ userName: 'alice@acme.example', externalId: alice.id }]);
  });

  it('Push Users: all members of an assigned group are created', async () => {
    const group = okta.org.groups.create('Everybody');
    const people = ['bob', 'carol'].map((name) =>
      okta.org.people.create({ userName: `${name}@acme.example`, givenName: name, familyName: 'Acme' }),
    );
    okta.org.groups.changeMembers(group, { add: people });
    await browser.open(`/admin/apps/${app().id}/assignments`);
    expect(await browser.press('Assign', { group: group.id })).toContain('carol@acme.example group active');
    expect(tidegate.directory.users.map((user) => user.userName)).toContain('bob@acme.example');
  });

  it('Push User Attributes: GET, then PUT', async () => {
    await browser.open('/admin/people');
    await browser.follow('alice@acme.example');
    tidegate.sent();
    await browser.press('Save', { givenName: 'Alicia' });
    expect(tidegate.sent().map((line) => line.split(' {')[0])).toEqual(['GET /Users/Users-1', 'PUT /Users/Users-1']);
    expect(tidegate.directory.users[0]?.['name']).toEqual({ givenName: 'Alicia', familyName: 'Archer' });
  });

  it('Push Groups: by name, with the assigned members', async () => {
    const group = okta.org.groups.create('On-call');
    okta.org.groups.changeMembers(group, { add: ['alice', 'bob', 'erin'].map((name) => named(name)) });
    await browser.open(`/admin/apps/${app().id}/push-groups`);
    await browser.press('Push', { group: group.id });
    expect(tidegate.directory.groups).toMatchObject([
      { displayName: 'On-call', members: [{ value: 'Users-1' }, { value: 'Users-2' }] },
    ]);
  });

  it('Suspend: nothing is sent', async () => {
    tidegate.sent();
    await browser.open(`/admin/people/${named('bob').id}`);
    expect(await browser.press('Suspend')).toContain('SUSPENDED');
    await browser.press('Unsuspend');
    expect(tidegate.sent()).toEqual([]);
  });

  it('Push Deactivate User: PATCH without a path, never DELETE', async () => {
    await browser.open(`/admin/people/${named('alice').id}`);
    expect(await browser.press('Deactivate')).toContain('DEPROVISIONED');
    expect(tidegate.sent()).toEqual([
      'PATCH /Users/Users-1 {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"active":false}}]}',
    ]);
  });

  it('a reactivated person is found and activated, with the same id', async () => {
    await browser.press('Activate');
    expect(tidegate.sent()).toEqual([]);
    await browser.open(`/admin/apps/${app().id}/assignments`);
    await browser.press('Assign', { person: named('alice').id });
    expect(tidegate.sent().map((line) => line.split(' {')[0])).toEqual([
      'GET /Users?filter=userName%20eq%20%22alice%40acme.example%22&startIndex=1&count=100',
      'PATCH /Users/Users-1',
    ]);
    expect(tidegate.directory.users.filter((user) => user.userName === 'alice@acme.example')).toMatchObject([
      { active: true },
    ]);
  });

  it('a person removed from an assigned group is deactivated', async () => {
    const carol = named('carol');
    await browser.open(`/admin/groups/${okta.org.directory.groupNamed('Everybody')!.id}`);
    await browser.press('Remove', { person: carol.id }, 'members');
    expect(tidegate.directory.users.find((user) => user.userName === 'carol@acme.example')?.active).toBe(false);
  });

  it('To Okta: an import shows the active users', async () => {
    tidegate.sent();
    await browser.open(`/admin/apps/${app().id}/to-okta`);
    expect(await browser.press('Import Now')).toContain('Found 2 users');
    expect(browser.text).not.toContain('carol');
    expect(tidegate.sent()).toEqual(['GET /Users?startIndex=1&count=100', 'GET /Groups?startIndex=1&count=100']);
  });

  it('a failed task shows the error of the server and succeeds on a retry', async () => {
    const dan = okta.org.people.create({ userName: 'dan@acme.example', givenName: 'Dan', familyName: 'Draper' });
    tidegate.replies.push({ status: 500, body: { detail: 'out of order' } });
    await browser.open(`/admin/apps/${app().id}/assignments`);
    await browser.press('Assign', { person: dan.id });
    await browser.open('/admin/tasks');
    expect(browser.text).toContain('500: out of order');
    const [failed] = app().tasks.failed;
    const text = await browser.press('Retry Selected', { task: `${app().id}.${failed?.id}` });
    expect(text).not.toContain('out of order');
    await eventually(() => expect(app().provisioning.users.state(dan)).toBe('active'));
  });

  it('returns JSON without secrets to programs', async () => {
    const headers = { Accept: 'application/json', 'Content-Type': 'application/json' };
    const created = await fetch(`${okta.origin}/admin/groups`, {
      method: 'POST',
      headers,
      body: '{"name":"By program"}',
    });
    expect(await created.json()).toMatchObject({ id: okta.org.directory.groupNamed('By program')?.id });
    const duplicate = await fetch(`${okta.origin}/admin/groups`, {
      method: 'POST',
      headers,
      body: '{"name":"By program"}',
    });
    expect([duplicate.status, await duplicate.json()]).toMatchObject([
      409,
      { detail: 'Name: a group By program already exists.' },
    ]);
    const text = await (await fetch(`${okta.origin}/admin/apps`, { headers })).text();
    expect(JSON.parse(text)).toMatchObject([{ integration: { connectionId: CONNECTION, authenticated: true } }]);
    for (const secret of [CLIENT.clientSecret, ...tidegate.oauth.accessTokens]) expect(text).not.toContain(secret);
  });

  const named = (name: string) => okta.org.directory.personNamed(`${name}@acme.example`)!;
});
