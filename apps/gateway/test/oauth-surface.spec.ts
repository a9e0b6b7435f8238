import { eventually } from '@tidegate/testing';
import { CALLBACK, type Connection, type OAuthFixture, openOAuthFixture } from './oauth-fixture.js';

/** All endpoints that `oidc-provider` can serve (its `routes` and discovery). */
const LIBRARY_ROUTES = [
  'auth',
  'backchannel',
  'device',
  'jwks',
  'me',
  'reg',
  'request',
  'session/end',
  'session/end/confirm',
  'session/end/success',
  'token/introspection',
  'token/revocation',
  'userinfo',
  '.well-known/openid-configuration',
];

describe('the public surface of the authorization server', () => {
  let accessFlow: OAuthFixture;
  let okta: Connection;
  beforeAll(async () => {
    accessFlow = await openOAuthFixture();
    okta = await accessFlow.connect();
  });
  afterAll(() => accessFlow.close());

  const good = () => ({ response_type: 'code', client_id: okta.clientId, redirect_uri: CALLBACK, state: 's' });
  const authorize = (parameters: string[][]) =>
    fetch(`${okta.issuer}/authorize?${new URLSearchParams(parameters).toString()}`, { redirect: 'manual' });

  it('excludes the other endpoints of the library', async () => {
    for (const path of LIBRARY_ROUTES)
      for (const method of ['GET', 'POST']) {
        const { status } = await fetch(`${okta.issuer}/${path}`, { method, body: method === 'POST' ? '' : null });
        expect([method, path, status]).toEqual([method, path, 404]);
      }
    for (const [method, path] of [
      ['GET', 'token'],
      ['GET', 'revoke'],
      ['POST', 'authorize'],
      ['PUT', 'token'],
    ])
      expect([method, path, (await fetch(`${okta.issuer}/${path}`, { method: method! })).status]).toEqual([
        method,
        path,
        405,
      ]);
  });

  it.each([
    ['request', 'eyJhbGciOiJub25lIn0.eyJyZWRpcmVjdF91cmkiOiJodHRwczovL2V2aWwuZXhhbXBsZSJ9.'],
    ['request_uri', 'https://evil.example/request'],
    ['claims', '{"id_token":{"email":null}}'],
    ['response_mode', 'form_post'],
    ['response_mode', 'fragment'],
    ['response_mode', 'web_message'],
    ['prompt', 'none'],
    ['scope', 'openid admin'],
    ['resource', 'https://evil.example'],
    ['id_token_hint', 'x'],
    ['login_hint', 'x'],
    ['max_age', '0'],
    ['registration', '{"redirect_uris":["https://evil.example"]}'],
    ['client_secret', 'x'],
    ['__proto__', 'x'],
  ])('requires consent regardless of %s: %s', async (name, value) => {
    const answer = await authorize([...Object.entries(good()), [name, value]]);
    expect([answer.status, answer.headers.get('location')]).toEqual([
      303,
      expect.stringMatching(new RegExp(`^(http://[^/]+)?/oauth/${okta.id}/interaction/`)),
    ]);
  });

  it.each(['client_id', 'redirect_uri', 'response_type', 'state'])('refuses a repeated %s', async (name) => {
    const answer = await authorize([...Object.entries(good()), [name, 'https://evil.example']]);
    expect([400, 303]).toContain(answer.status);
    const location = answer.headers.get('location') ?? '';
    expect(location).not.toContain('interaction');
    expect(location === '' || location.startsWith(CALLBACK)).toBe(true);
  });

  it('refuses codes, refreshes and tokens while the integration is disabled', async () => {
    const { name } = (await accessFlow.gateway.api('GET', `/integrations/${okta.id}`)).json<{ name: string }>();
    const tokens = await okta.authorize();
    const code = (await okta.approve()).searchParams.get('code')!;
    await accessFlow.gateway.api('POST', `/integrations/${okta.id}/disable`, { confirm: name });
    const client = { client_id: okta.clientId, client_secret: okta.clientSecret };
    await eventually(async () => expect((await okta.post('token', { grant_type: 'x', ...client })).status).toBe(401));
    const byCode = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, ...client };
    const byToken = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token!, ...client };
    for (const form of [byCode, byToken]) expect((await okta.post('token', form)).status).toBe(401);
    expect((await authorize(Object.entries(good()))).status).toBe(400);
    expect(await okta.status(tokens.access_token)).toBe(403);
    await accessFlow.gateway.api('POST', `/integrations/${okta.id}/enable`);
    await eventually(async () => expect(await okta.status(tokens.access_token)).toBe(200));
    await eventually(async () => expect((await okta.post('token', byToken)).status).toBe(200));
  });
});
