import { type Browser, eventually } from '@tidegate/testing';
import * as openid from 'openid-client';
import { Database } from '@tidegate/database';
import { CALLBACK, type Connection, logIn, type OAuthFixture, openOAuthFixture } from './oauth-fixture.js';

describe('the authorization server under attack', () => {
  let accessFlow: OAuthFixture;
  let okta: Connection;
  let other: Connection;
  beforeAll(async () => {
    accessFlow = await openOAuthFixture({ oauthRedirectOrigins: ['https://sim.example.com', 'http://127.0.0.1:4010'] });
    okta = await accessFlow.connect({ appName: 'acme_tidegate_1', redirectUris: ['http://127.0.0.1:4010/callback'] });
    other = await accessFlow.connect();
  });
  afterAll(() => accessFlow.close());

  const authorize = (parameters: Record<string, string>) =>
    fetch(`${okta.issuer}/authorize?${new URLSearchParams(parameters).toString()}`, { redirect: 'manual' });
  const good = () => ({ response_type: 'code', client_id: okta.clientId, redirect_uri: CALLBACK, state: 's' });
  const credentials = (of = okta) => ({ client_id: of.clientId, client_secret: of.clientSecret });
  const newCode = async (more = {}) => (await okta.approve(more)).searchParams.get('code')!;
  const exchange = (code: string, more: Record<string, string> = {}, of = okta) =>
    of.post('token', {
      grant_type: 'authorization_code',
      code,
      redirect_uri: CALLBACK,
      ...credentials(of),
      ...more,
    });
  const refused = async (answer: Response, status: number, error: string) => {
    const body = (await answer.json()) as object;
    expect([answer.status, body]).toEqual([status, { error, error_description: expect.any(String) }]);
    expect(answer.headers.get('content-type')).toMatch('application/json');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  };
  const refreshBy = async (token: string, of = okta) => openid.refreshTokenGrant(await of.library(), token);
  const isDead = async (tokens: openid.TokenEndpointResponse) => {
    await expect(refreshBy(tokens.refresh_token!)).rejects.toMatchObject({ error: 'invalid_grant' });
    await eventually(async () => expect(await okta.status(tokens.access_token)).toBe(401));
  };
  const alarms = () =>
    accessFlow.gateway.log.filter((line) => line.includes('was used twice') && line.includes(okta.id));

  it.each([
    ['a prefix', CALLBACK.slice(0, -1)],
    ['a slash at the end', `${CALLBACK}/`],
    ['a query', `${CALLBACK}?a=b`],
    ['a fragment', `${CALLBACK}#a`],
    ['another port', CALLBACK.replace('.com/', '.com:8443/')],
    ['the default port', CALLBACK.replace('.com/', '.com:443/')],
    ['plain http', CALLBACK.replace('https', 'http')],
    ['capitals', CALLBACK.toUpperCase()],
    ['encoded slashes', CALLBACK.replace('/oauth/', '%2Foauth%2F')],
    ['encoded letters', CALLBACK.replace('callback', '%63allback')],
    ['dot segments', CALLBACK.replace('/oauth/callback', '/x/../oauth/callback')],
    ['another host', 'https://evil.example.com/admin/app/cpc/acme_tidegate_1/oauth/callback'],
    ['a user name', CALLBACK.replace('https://', 'https://evil.example.com@')],
    ['another app of the same cell', CALLBACK.replace('acme', 'evil')],
    ['another cell of Okta', CALLBACK.replace('okta.com', 'trexcloud.com')],
    ['another loopback port', 'http://127.0.0.1:4011/callback'],
    ['localhost instead of 127.0.0.1', 'http://localhost:4010/callback'],
    ['a script', 'javascript:alert(1)'],
  ])('refuses an unregistered redirect URI: %s', async (_how, redirect_uri) => {
    const answer = await authorize({ ...good(), redirect_uri });
    expect([answer.status, answer.headers.get('location')]).toEqual([400, null]);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await answer.text()).toContain('is not registered');
  });

  it('does not redirect for an unknown client or without a redirect URI', async () => {
    for (const wrong of [
      { client_id: 'unknown' },
      { client_id: other.clientId },
      { client_id: '' },
      { redirect_uri: '' },
    ]) {
      const answer = await authorize({ ...good(), ...wrong });
      expect([wrong, answer.status, answer.headers.get('location')]).toEqual([wrong, 400, null]);
    }
  });

  it.each([
    [{ response_type: 'token' }, 'unsupported_response_type'],
    [{ response_type: 'code id_token' }, 'unsupported_response_type'],
    [{ code_challenge: 'a'.repeat(43), code_challenge_method: 'plain' }, 'invalid_request'],
    [{ code_challenge: 'short', code_challenge_method: 'S256' }, 'invalid_request'],
  ])('redirects errors to a known client: %j', async (wrong, error) => {
    const answer = await authorize({ ...good(), ...wrong });
    const back = new URL(answer.headers.get('location') ?? '');
    expect(back.href).toMatch(CALLBACK);
    const returned = [...back.searchParams, ...new URLSearchParams(back.hash.slice(1))];
    expect(Object.fromEntries(returned)).toMatchObject({ error, state: 's' });
  });

  it('accepts a code once, and revokes its grant at a second use, even after its expiry', async () => {
    for (const minutes of [0, 5]) {
      const code = await newCode();
      const tokens = (await (await exchange(code)).json()) as openid.TokenEndpointResponse;
      expect(await okta.status(tokens.access_token)).toBe(200);
      await accessFlow.sql(
        `UPDATE gateway.oauth_states SET expires_at = expires_at - make_interval(mins => $1),
                consumed_at = consumed_at - make_interval(mins => $1) WHERE model = 'AuthorizationCode'`,
        [minutes],
      );
      const before = alarms().length;
      await refused(await exchange(code), 400, 'invalid_grant');
      await isDead(tokens);
      expect(alarms()).toHaveLength(before + 1);
    }
  });

  it('accepts one of two concurrent uses of a code', async () => {
    const code = await newCode();
    const answers = await Promise.all(Array.from({ length: 6 }, () => exchange(code)));
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
    for (const answer of answers.filter(({ status }) => status === 200))
      await isDead((await answer.json()) as openid.TokenEndpointResponse);
  });

  it('refuses a code after its expiry, with another redirect URI, client or integration, or without verifier', async () => {
    await refused(
      await exchange(await newCode(), { redirect_uri: 'http://127.0.0.1:4010/callback' }),
      400,
      'invalid_grant',
    );
    await refused(await exchange(await newCode(), {}, other), 400, 'invalid_grant');
    await refused(await exchange(await newCode(), credentials(other)), 401, 'invalid_client');
    await refused(await exchange('made-up'), 400, 'invalid_grant');
    const late = await newCode();
    await accessFlow.sql(
      `UPDATE gateway.oauth_states SET expires_at = now() - interval '1 second' WHERE model = 'AuthorizationCode'`,
    );
    await refused(await exchange(late), 400, 'invalid_grant');
    const verifier = openid.randomPKCECodeVerifier();
    const code_challenge = await openid.calculatePKCECodeChallenge(verifier);
    const challenged = () => newCode({ code_challenge, code_challenge_method: 'S256' });
    await refused(await exchange(await challenged()), 400, 'invalid_grant');
    await refused(await exchange(await challenged(), { code_verifier: 'x'.repeat(43) }), 400, 'invalid_grant');
    await refused(await exchange(await newCode(), { code_verifier: verifier }), 400, 'invalid_grant');
    expect((await exchange(await challenged(), { code_verifier: verifier })).status).toBe(200);
  });

  it.each([
    ['long after its use', { minutesLater: 11, successorUsed: false }],
    ['after its successor was used', { minutesLater: 0, successorUsed: true }],
  ])('revokes a grant when a refresh token is reused %s', async (_when, { minutesLater, successorUsed }) => {
    const first = await okta.authorize();
    let last = await refreshBy(first.refresh_token!);
    if (successorUsed) last = await refreshBy(last.refresh_token!);
    await accessFlow.sql(`UPDATE gateway.oauth_states SET consumed_at = consumed_at - make_interval(mins => $1)`, [
      minutesLater,
    ]);
    const before = alarms().length;
    await expect(refreshBy(first.refresh_token!)).rejects.toMatchObject({ error: 'invalid_grant' });
    await isDead(last);
    expect(alarms()).toHaveLength(before + 1);
  });

  it('revokes a grant when a token is used whose sibling was used', async () => {
    const first = await okta.authorize();
    const lost = await refreshBy(first.refresh_token!);
    const taken = await refreshBy((await refreshBy(first.refresh_token!)).refresh_token!);
    await expect(refreshBy(lost.refresh_token!)).rejects.toMatchObject({ error: 'invalid_grant' });
    await isDead(taken);
  });

  it('refuses a token of another integration without revoking it', async () => {
    const tokens = await okta.authorize();
    expect(await other.status(tokens.access_token)).toBe(401);
    expect(await okta.status(tokens.access_token, other.id)).toBe(401);
    await expect(refreshBy(tokens.refresh_token!, other)).rejects.toMatchObject({ error: 'invalid_grant' });
    const revoking = await other.post('revoke', { token: tokens.refresh_token!, ...credentials(other) });
    expect(revoking.status).toBe(200);
    expect(await okta.status((await refreshBy(tokens.refresh_token!)).access_token)).toBe(200);
  });

  it('accepts no refresh token as access token, and no access token at /api/v1', async () => {
    const tokens = await okta.authorize();
    expect(await okta.status(tokens.refresh_token!)).toBe(401);
    const headers = { authorization: `Bearer ${tokens.access_token}` };
    expect((await accessFlow.gateway.request('GET', `/api/v1/integrations/${okta.id}`, { headers })).statusCode).toBe(
      401,
    );
  });

  it('answers failed client authentication with the OAuth error', async () => {
    const form = { grant_type: 'refresh_token', refresh_token: 'x' };
    await refused(
      await okta.post('token', { ...form, ...credentials(), client_secret: 'wrong' }),
      401,
      'invalid_client',
    );
    await refused(await okta.post('token', { ...form, client_id: okta.clientId }), 401, 'invalid_client');
    await refused(await okta.post('token', { ...form, ...credentials(other) }), 401, 'invalid_client');
    await refused(await okta.post('token', form), 400, 'invalid_request');
    const basic = `Basic ${Buffer.from(`${okta.clientId}:wrong`).toString('base64')}`;
    const answer = await okta.post('token', form, { authorization: basic });
    expect(answer.headers.get('www-authenticate')).toMatch(/^Basic realm=/);
    await refused(answer, 401, 'invalid_client');
    await refused(
      await okta.post('token', { ...form, ...credentials() }, { authorization: basic }),
      400,
      'invalid_request',
    );
    await refused(await okta.post('revoke', { token: 'x', client_id: okta.clientId }), 401, 'invalid_client');
  });

  it('answers malformed requests with OAuth errors', async () => {
    const send = (body: string, type: string) =>
      fetch(`${okta.issuer}/token`, { method: 'POST', body, headers: { 'content-type': type } });
    await refused(await send('{"grant_type":"client_credentials"}', 'application/json'), 415, 'invalid_request');
    await refused(await send('a=b', 'text/plain'), 415, 'invalid_request');
    await refused(
      await send(`code=${'x'.repeat(20_000)}`, 'application/x-www-form-urlencoded'),
      413,
      'invalid_request',
    );
    await refused(
      await okta.post('token', { ...credentials(), grant_type: 'x', code: 'x'.repeat(5_000) }),
      400,
      'invalid_request',
    );
    await refused(
      await okta.post('token', { ...credentials(), grant_type: 'password' }),
      400,
      'unsupported_grant_type',
    );
    const twice = new URLSearchParams([...Object.entries(credentials()), ['grant_type', 'x'], ['grant_type', 'y']]);
    await refused(await send(twice.toString(), 'application/x-www-form-urlencoded'), 400, 'invalid_request');
    const page = await okta.post('token', credentials(), { accept: 'text/html' });
    await refused(page, 400, 'invalid_request');
  });

  it('does not reveal whether an integration exists', async () => {
    const form = { grant_type: 'refresh_token', refresh_token: 'x', client_id: 'x', client_secret: 'x' };
    const at = (id: string) =>
      fetch(`${accessFlow.origin}/oauth/${id}/token`, { method: 'POST', body: new URLSearchParams(form) });
    const [here, nowhere] = await Promise.all([at(okta.id), at('018f0000-0000-7000-8000-000000000000')]);
    expect([nowhere.status, await nowhere.text()]).toEqual([here.status, await here.text()]);
    for (const id of ['x', '__proto__', okta.id.toUpperCase(), `${okta.id}%2F..`])
      await refused(await at(id), 404, 'invalid_request');
  });

  it('shows the same page at authorize for a malformed id as for an unknown integration', async () => {
    const at = async (id: string, query: Record<string, string>) => {
      const parameters = new URLSearchParams(query).toString();
      const answer = await fetch(`${accessFlow.origin}/oauth/${id}/authorize?${parameters}`, { redirect: 'manual' });
      return [answer.status, answer.headers.get('location'), await answer.text()];
    };
    for (const query of [good(), {}]) {
      const unknown = await at('018f0000-0000-7000-8000-000000000000', query);
      expect(unknown).toEqual([400, null, expect.stringContaining('Authorization failed')]);
      for (const id of ['malformed', '__proto__', okta.id.toUpperCase(), `${okta.id}%2F..`])
        expect(await at(id, query)).toEqual(unknown);
    }
  });

  it('accepts a valid client during many wrong secrets', async () => {
    const tokens = await okta.authorize();
    const crowd = Array.from({ length: 150 }, (_, i) =>
      okta.post('token', {
        grant_type: 'refresh_token',
        refresh_token: 'x',
        ...credentials(),
        client_secret: `wrong ${i}`,
      }),
    );
    expect(await okta.status((await refreshBy(tokens.refresh_token!)).access_token)).toBe(200);
    const statuses = new Set((await Promise.all(crowd)).map(({ status }) => status));
    expect([...statuses].every((status) => status === 401 || status === 429)).toBe(true);
  });

  describe('the consent page', () => {
    const ask = async (browser: Browser) =>
      browser.open(`${okta.issuer}/authorize?${new URLSearchParams(good()).toString()}`);

    it('has no scripts, cannot be framed, and redirects only to the client', async () => {
      const browser = await accessFlow.admin();
      await ask(browser);
      const { headers } = await fetch(browser.url, {
        headers: { cookie: browser.cookies.getCookieStringSync(browser.url.href) },
      });
      expect(headers.get('content-security-policy')).toMatch(
        /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self' https:\/\/system-admin.okta.com; frame-ancestors 'none'; base-uri 'none'$/,
      );
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('cache-control')).toBe('no-store');
    });

    it('refuses forms of other sites and other decisions', async () => {
      const browser = await accessFlow.admin();
      await ask(browser);
      const [{ url }, cookie] = [browser, browser.cookies.getCookieStringSync(browser.url.href)];
      const { csrfToken } = Object.fromEntries(browser.forms[0]!.fields);
      const send = (form: Record<string, string>, origin: string) =>
        fetch(url, {
          method: 'POST',
          redirect: 'manual',
          body: new URLSearchParams(form),
          headers: { cookie, origin },
        });
      const decision = 'approve';
      expect((await send({ decision, csrfToken: 'guessed' }, accessFlow.origin)).status).toBe(403);
      expect((await send({ decision }, accessFlow.origin)).status).toBe(403);
      expect((await send({ decision, csrfToken: csrfToken! }, 'https://evil.example.com')).status).toBe(403);
      expect((await send({ decision: 'APPROVE', csrfToken: csrfToken! }, accessFlow.origin)).status).toBe(303);
      await browser.open(url.href.replace('/interaction/', '/authorize/'));
      expect(browser.url.searchParams.get('error')).toBe('access_denied');
    });

    it('is not shown in another browser of an administrator', async () => {
      const stranger = accessFlow.browser();
      await ask(stranger);
      const browser = await accessFlow.admin();
      const page = await browser.open(accessFlow.origin + stranger.url.searchParams.get('returnTo')!);
      expect([browser.status, page]).toEqual([400, expect.stringContaining('another browser')]);
    });

    it('refuses decisions after the session has ended', async () => {
      const browser = await accessFlow.admin();
      await ask(browser);
      await accessFlow.sql('DELETE FROM gateway.sessions');
      await eventually(async () => {
        await browser.open(browser.url.href);
        expect(browser.url.pathname).toBe('/login');
      });
      await logIn(browser);
      expect(browser.text).toContain('Approve');
    });

    it('separates the cookies of integrations, with HttpOnly and Secure', async () => {
      const publicUrl = { host: 'tide.example.com' };
      const answer = await accessFlow.gateway.request(
        'GET',
        `/oauth/${okta.id}/authorize?${new URLSearchParams(good()).toString()}`,
        {
          headers: { ...publicUrl, accept: 'text/html' },
        },
      );
      const cookies = [answer.headers['set-cookie'] ?? []].flat();
      expect(cookies.length).toBeGreaterThan(2);
      for (const cookie of cookies)
        expect(cookie).toMatch(new RegExp(`path=/oauth/${okta.id}(/[^;]+)?;.*samesite=lax;.*httponly`, 'i'));
    });
  });

  it('stores no readable secret in the database, and logs none', async () => {
    const back = await okta.approve({ state: 'a-state-to-look-for' });
    const tokens = await openid.authorizationCodeGrant(await okta.library(), back, {
      expectedState: 'a-state-to-look-for',
    });
    await refreshBy(tokens.refresh_token!);
    const rows = await accessFlow.sql(
      `SELECT s::text AS kept FROM gateway.oauth_states s UNION ALL SELECT c::text FROM gateway.oauth_client_secrets c`,
    );
    expect(rows.length).toBeGreaterThan(5);
    const everything = JSON.stringify(rows) + accessFlow.gateway.log.join('');
    const secrets = [tokens.access_token, tokens.refresh_token!, back.searchParams.get('code')!, okta.clientSecret];
    for (const secret of [...secrets, 'a-state-to-look-for']) {
      expect(everything).not.toContain(secret);
      expect(everything).not.toContain(Buffer.from(secret).toString('hex'));
    }
  });

  it('hides the state of other integrations even from a query without a where', async () => {
    await Promise.all([okta.authorize(), other.authorize()]);
    const seen = await accessFlow.gateway.app.get(Database).transaction({ integrationIds: [okta.id] }, (tx) =>
      tx.rows<{ id: string }>(
        `SELECT DISTINCT integration_id AS id FROM gateway.oauth_states UNION SELECT integration_id FROM gateway.oauth_clients
         UNION SELECT integration_id FROM gateway.oauth_client_secrets`,
      ),
    );
    expect(seen).toEqual([{ id: okta.id }]);
  });
});
