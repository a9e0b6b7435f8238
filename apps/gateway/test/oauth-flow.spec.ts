import { randomBytes } from 'node:crypto';
import { eventually } from '@tidegate/testing';
import * as openid from 'openid-client';
import { CALLBACK, type Connection, logIn, type OAuthFixture, openOAuthFixture } from './oauth-fixture.js';

const ENTRA = { type: 'entra-scim', domain: 'example.onmicrosoft.com' };

describe('"Authenticate with Tidegate"', () => {
  let accessFlow: OAuthFixture;
  let okta: Connection;
  beforeAll(async () => {
    accessFlow = await openOAuthFixture();
    okta = await accessFlow.connect();
  });
  afterAll(() => accessFlow.close());

  const authorizeUrl = (more: Record<string, string> = {}, of = okta) => {
    const query = { response_type: 'code', client_id: of.clientId, redirect_uri: CALLBACK, ...more };
    return `${of.issuer}/authorize?${new URLSearchParams(query).toString()}`;
  };

  it('publishes its metadata at both paths', async () => {
    const own = await fetch(`${okta.issuer}/.well-known/oauth-authorization-server`);
    const rooted = await fetch(`${accessFlow.origin}/.well-known/oauth-authorization-server/oauth/${okta.id}`);
    const metadata = (await own.json()) as object;
    expect(metadata).toEqual({
      issuer: okta.issuer,
      authorization_endpoint: `${okta.issuer}/authorize`,
      token_endpoint: `${okta.issuer}/token`,
      revocation_endpoint: `${okta.issuer}/revoke`,
      scopes_supported: ['scim', 'offline_access'],
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      revocation_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
    });
    expect(await rooted.json()).toEqual(metadata);
  });

  it.each([
    ['the secret in the body', openid.ClientSecretPost, false],
    ['the secret in the body, and PKCE', openid.ClientSecretPost, true],
    ['the secret in the header', openid.ClientSecretBasic, false],
    ['the secret in the header, and PKCE', openid.ClientSecretBasic, true],
  ])('issues Okta tokens for SCIM: %s', async (_way, auth, pkce) => {
    const fresh = await accessFlow.connect();
    const library = () => fresh.library(auth(fresh.clientSecret));
    const verifier = openid.randomPKCECodeVerifier();
    const challenge = { code_challenge: await openid.calculatePKCECodeChallenge(verifier) };
    const parameters = pkce ? { ...challenge, code_challenge_method: 'S256' } : {};
    const back = await fresh.approve(parameters);
    expect(`${back.origin}${back.pathname}`).toBe(CALLBACK);
    const checks = { expectedState: 's', ...(pkce ? { pkceCodeVerifier: verifier } : {}) };
    const tokens = await openid.authorizationCodeGrant(await library(), back, checks);
    expect(tokens).toEqual({
      access_token: expect.stringMatching(/^tga_[\w-]{43}$/),
      refresh_token: expect.stringMatching(/^tgr_[\w-]{43}$/),
      expires_in: 3600,
      scope: 'scim offline_access',
      token_type: 'bearer',
    });
    expect(await fresh.status(tokens.access_token)).toBe(200);
    expect((await accessFlow.gateway.api('GET', `/integrations/${fresh.id}`)).json().status).toBe('active');
    const refreshed = await openid.refreshTokenGrant(await library(), tokens.refresh_token!);
    expect(await fresh.status(refreshed.access_token)).toBe(200);
  });

  it('requires a login, then shows a consent page with integration and Okta domain', async () => {
    const browser = accessFlow.browser();
    await browser.open(authorizeUrl());
    expect(browser.url.searchParams.get('returnTo')).toMatch(`/oauth/${okta.id}/interaction/`);
    await logIn(browser);
    const { name } = (await accessFlow.gateway.api('GET', `/integrations/${okta.id}`)).json<{ name: string }>();
    for (const text of [name, 'example.okta.com', 'system-admin.okta.com', 'Cancel'])
      expect(browser.text).toContain(text);
    await browser.press('Approve');
    expect(browser.url.searchParams.get('code')).toBeTruthy();
  });

  it('requires a consent every time, even in the same browser', async () => {
    const browser = await accessFlow.admin();
    await okta.approve({}, browser);
    expect(await browser.open(authorizeUrl())).toContain('Approve');
  });

  it('requires a recent login', async () => {
    const browser = await accessFlow.admin();
    await accessFlow.sql(`UPDATE gateway.sessions SET authenticated_at = authenticated_at - interval '11 minutes'`);
    await browser.open(authorizeUrl());
    const { url } = browser;
    expect([url.pathname, url.searchParams.get('again')]).toEqual(['/login', '1']);
  });

  it('redirects with access_denied when the administrator cancels', async () => {
    const browser = await accessFlow.admin();
    await browser.open(authorizeUrl({ state: 'mine' }));
    await browser.press('Cancel');
    const { url } = browser;
    expect(url.href).toContain(CALLBACK);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({ error: 'access_denied', state: 'mine' });
    expect(url.searchParams.has('code')).toBe(false);
  });

  it.each([
    ['of 2 kB', randomBytes(1024).toString('hex')],
    ['of 4 KiB', randomBytes(2048).toString('hex')],
    ['with every kind of character', `a?b&c=d#e%20f+g h"<>\\äß€ 🌊 ${'{"x":[1]}'}`],
  ])('returns a state unchanged: %s', async (_kind, state) => {
    expect((await okta.approve({ state })).searchParams.get('state')).toBe(state);
  });

  it.each([
    ['none', {}],
    ['offline_access', { scope: 'offline_access' }],
    ['an unknown scope', { scope: 'https://graph.microsoft.com/.default groups' }],
    ['openid with its parameters', { scope: 'openid profile', nonce: 'n', max_age: '0', claims: '{}' }],
    ['another prompt and response mode', { prompt: 'none', response_mode: 'form_post', request_uri: 'https://x' }],
  ])('grants the scope scim and a refresh token for any request: %s', async (_what, parameters) => {
    const back = await okta.approve(parameters);
    const tokens = await openid.authorizationCodeGrant(await okta.library(), back, { expectedState: 's' });
    expect(tokens.scope).toBe('scim offline_access');
    const again = await openid.refreshTokenGrant(await okta.library(), tokens.refresh_token!, { scope: 'anything' });
    expect([again.scope, again.refresh_token]).toEqual(['scim offline_access', expect.stringMatching(/^tgr_/)]);
  });

  it('accepts a retried refresh after a lost response, and continues with the pair that is used', async () => {
    const library = await okta.library();
    const first = await okta.authorize();
    const lost = await openid.refreshTokenGrant(library, first.refresh_token!);
    const arrived = await openid.refreshTokenGrant(library, first.refresh_token!);
    expect(arrived.refresh_token).not.toBe(lost.refresh_token);
    const next = await openid.refreshTokenGrant(library, arrived.refresh_token!);
    for (const { access_token } of [arrived, next]) expect(await okta.status(access_token)).toBe(200);
  });

  it('accepts concurrent refreshes, and either pair can be used', async () => {
    const library = await okta.library();
    const first = await okta.authorize();
    const refresh = () => openid.refreshTokenGrant(library, first.refresh_token!);
    const pairs = await Promise.all([refresh(), refresh(), refresh()]);
    for (const { access_token } of pairs) expect(await okta.status(access_token)).toBe(200);
    const kept = await openid.refreshTokenGrant(library, pairs[1].refresh_token!);
    expect(await okta.status(kept.access_token)).toBe(200);
  });

  const passDays = (days: number, of: Connection) =>
    accessFlow.sql(
      `UPDATE gateway.oauth_states SET created_at = created_at - make_interval(days => $1),
              consumed_at = consumed_at - make_interval(days => $1), expires_at = expires_at - make_interval(days => $1)
       WHERE integration_id = $2`,
      [days, of.id],
    );

  it('refreshes after most of a year, repeatedly', async () => {
    const idle = await accessFlow.connect();
    let tokens = await idle.authorize();
    for (let year = 0; year < 2; year++) {
      await passDays(390, idle);
      expect(await idle.status(tokens.access_token)).toBe(401);
      tokens = await openid.refreshTokenGrant(await idle.library(), tokens.refresh_token!);
      expect(await idle.status(tokens.access_token)).toBe(200);
    }
    await passDays(401, idle);
    await expect(openid.refreshTokenGrant(await idle.library(), tokens.refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });

  it('revokes the grant when the client revokes one of its tokens', async () => {
    for (const kind of ['access_token', 'refresh_token'] as const) {
      const tokens = await okta.authorize();
      const other = await okta.authorize();
      await openid.tokenRevocation(await okta.library(), tokens[kind]!);
      await eventually(async () => expect(await okta.status(tokens.access_token)).toBe(401));
      const refresh = openid.refreshTokenGrant(await okta.library(), tokens.refresh_token!);
      await expect(refresh).rejects.toMatchObject({ error: 'invalid_grant' });
      expect(await okta.status(other.access_token)).toBe(200);
    }
  });

  it('issues Entra ID a token for client credentials, without refresh token', async () => {
    const entra = await accessFlow.connect({}, ENTRA);
    const asked: Record<string, string>[] = [{}, { scope: `${entra.issuer}/.default` }];
    for (const parameters of asked) {
      const tokens = await openid.clientCredentialsGrant(await entra.library(), parameters);
      expect(tokens).toEqual({
        access_token: expect.stringMatching(/^tga_/),
        expires_in: 3600,
        scope: 'scim',
        token_type: 'bearer',
      });
      expect(await entra.status(tokens.access_token)).toBe(200);
      await openid.tokenRevocation(await entra.library(), tokens.access_token);
      await eventually(async () => expect(await entra.status(tokens.access_token)).toBe(401));
    }
    const browser = await accessFlow.admin();
    expect(await browser.open(authorizeUrl({}, entra))).toContain('Authorization failed');
    expect(browser.status).toBe(400);
  });

  it('issues Okta no token without the consent of an administrator', async () => {
    const grant = openid.clientCredentialsGrant(await okta.library());
    await expect(grant).rejects.toMatchObject({ error: 'invalid_request', status: 400 });
  });

  it.each([
    ['disabled', 'POST', '/disable', 403],
    ['removed', 'DELETE', '', 401],
  ])('refuses calls to an integration that was %s', async (_how, method, action, status) => {
    const one = await accessFlow.connect();
    const tokens = await one.authorize();
    expect(await one.status(tokens.access_token)).toBe(200);
    const { name } = (await accessFlow.gateway.api('GET', `/integrations/${one.id}`)).json<{ name: string }>();
    const at = `/integrations/${one.id}${action}?confirm=${encodeURIComponent(name)}`;
    const ended = await accessFlow.gateway.api(method, at, method === 'POST' ? { confirm: name } : undefined);
    expect(ended.statusCode).toBeLessThan(300);
    await eventually(async () => expect(await one.status(tokens.access_token)).toBe(status));
    await eventually(async () => {
      const refresh = openid.refreshTokenGrant(await one.library(), tokens.refresh_token!);
      await expect(refresh).rejects.toMatchObject({ error: 'invalid_client', status: 401 });
    });
    const browser = await accessFlow.admin();
    await eventually(async () => {
      await browser.open(authorizeUrl({}, one));
      expect(browser.status).toBe(400);
    });
  });
});
