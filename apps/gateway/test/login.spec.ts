import { Database } from '@tidegate/database';
import { eventually } from '@tidegate/testing';
import { Browser, ORIGIN } from './browser.js';
import { API_KEY, type TestGateway, newIntegration, openGateway } from './harness.js';

const SESSION = '__Host-tidegate_session';

describe('logging in with the key of the first start', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await openGateway({ publicUrl: ORIGIN });
  });
  afterAll(() => gateway.close());

  const loggedIn = async (): Promise<Browser> => {
    const browser = new Browser(gateway);
    expect((await browser.loginWithKey()).statusCode).toBe(303);
    return browser;
  };
  const age = (sql: string) => gateway.app.get(Database).unscoped((tx) => tx.run(`UPDATE gateway.sessions SET ${sql}`));

  it('shows a page without scripts and external resources that cannot be framed', async () => {
    const answer = await new Browser(gateway).get('/login?returnTo=/catalog');
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(answer.headers['content-security-policy']).toMatch(/^default-src 'none';.*frame-ancestors 'none'/);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.body).toContain('value="/catalog"');
    expect(answer.body).not.toContain('<script');
  });

  it('escapes the query in the page', async () => {
    const { body } = await new Browser(gateway).get(`/login?returnTo=${encodeURIComponent('/"><b>x')}`);
    expect(body).not.toContain('<b>');
  });

  it('opens a session with all rights, with a cookie that scripts and other hosts cannot read', async () => {
    const browser = new Browser(gateway);
    const answer = await browser.loginWithKey(API_KEY, '/catalog?x=1');
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/catalog?x=1']);
    expect(answer.headers['set-cookie']).toMatch(
      /^__Host-tidegate_session=tgw_[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    const me = await browser.api('GET', '/me');
    expect([me.statusCode, me.json()]).toMatchObject([
      200,
      { issuer: 'urn:tidegate:api-key', roles: { member: null, auditor: null, admin: null }, users: {} },
    ]);
    const made = { type: 'okta-scim', name: 'made in the console', domain: 'example.okta.com' };
    expect((await browser.api('POST', '/integrations', made)).statusCode).toBe(201);
  });

  it('stores only the hash of a session', async () => {
    const browser = await loggedIn();
    const rows = await gateway.app.get(Database).unscoped((tx) => tx.rows<object>('SELECT * FROM gateway.sessions'));
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain(browser.cookie(SESSION)?.slice(4, 40));
    expect(gateway.log.join('')).not.toContain(browser.cookie(SESSION));
  });

  it('refuses all other keys with the same response', async () => {
    const browser = new Browser(gateway);
    for (const key of ['', 'x', `${API_KEY}x`, `tgk_${'a'.repeat(43)}`, 'x'.repeat(9000)]) {
      const answer = await browser.loginWithKey(key);
      expect([key.slice(0, 20), answer.statusCode]).toEqual([key.slice(0, 20), 401]);
      expect(answer.body).toContain('This is not the API key of an administrator of all integrations.');
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
  });

  it('refuses keys with limited rights', async () => {
    const limited = await gateway.api('POST', '/api-keys', { name: 'reads', scopes: ['integrations:read'] });
    expect((await new Browser(gateway).loginWithKey(limited.json<{ key: string }>().key)).statusCode).toBe(401);
  });

  it('limits wrong keys per address, only in this form', async () => {
    const address = { 'x-forwarded-for': '203.0.113.9' };
    const behindProxy = await openGateway({ publicUrl: ORIGIN, trustProxy: true });
    try {
      const form = (key: string, from: Record<string, string>) =>
        new Browser(behindProxy).post('/login', { key }, from).then(({ statusCode }) => statusCode);
      const statuses: number[] = [];
      for (let count = 0; count < 12; count++) statuses.push(await form('wrong', address));
      expect(statuses).toEqual([...Array<number>(10).fill(401), 429, 429]);
      // The client can write the entries before that of the proxy.
      expect(await form('wrong', { 'x-forwarded-for': '198.51.100.7, 203.0.113.9' })).toBe(429);
      expect(await form(API_KEY, address)).toBe(429);
      expect(await form(API_KEY, { 'x-forwarded-for': '203.0.113.10' })).toBe(303);
      expect((await behindProxy.api('GET', '/integrations')).statusCode).toBe(200);
    } finally {
      await behindProxy.close();
    }
  });

  it.each([
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '\\/evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '/..//evil.example',
    '/a/../..//evil.example',
    '/%0d%0aLocation:https://evil.example',
    'javascript:alert(1)',
    ' /x',
    '///evil.example',
    '/x\\@evil.example',
    `/${'x'.repeat(5000)}`,
    '',
  ])('never redirects to another origin: row %#', async (returnTo) => {
    const location = (await new Browser(gateway).loginWithKey(API_KEY, returnTo)).headers.location ?? '';
    const url = new URL(location, ORIGIN);
    expect([url.origin, location.startsWith('/'), location.startsWith('//')]).toEqual([ORIGIN, true, false]);
  });

  it('uses a new secret at each login and invalidates the previous one', async () => {
    const browser = await loggedIn();
    const before = browser.cookie(SESSION)!;
    await browser.loginWithKey();
    expect(browser.cookie(SESSION)).not.toBe(before);
    const old = new Browser(gateway);
    old.setCookie(SESSION, before);
    await eventually(async () => expect((await old.api('GET', '/me')).statusCode).toBe(401));
    expect((await browser.api('GET', '/me')).statusCode).toBe(200);
  });

  it('ends a session after 30 minutes of inactivity, and after 12 hours', async () => {
    for (const past of [`last_used_at = now() - interval '31 minutes'`, `expires_at = now() - interval '1 second'`]) {
      const browser = await loggedIn();
      expect((await browser.api('GET', '/me')).statusCode).toBe(200);
      await age(past);
      await eventually(async () => expect([past, (await browser.api('GET', '/me')).statusCode]).toEqual([past, 401]));
    }
    const browser = await loggedIn();
    await age(`last_used_at = now() - interval '29 minutes'`);
    await eventually(async () => {
      expect((await browser.api('GET', '/me')).statusCode).toBe(200);
      const [{ lastUsedAt }] = (await browser.api('GET', '/me/sessions')).json<{ items: [{ lastUsedAt: string }] }>()
        .items;
      expect(Date.now() - Date.parse(lastUsedAt)).toBeLessThan(28 * 60_000);
    });
  });

  it('logs out only with its own form', async () => {
    const browser = await loggedIn();
    const { body } = await browser.get('/logout');
    const csrfToken = /name="csrfToken" value="([\w-]{43})"/.exec(body)?.[1] ?? '';
    expect((await browser.post('/logout', {})).statusCode).toBe(403);
    expect((await browser.post('/logout', { csrfToken: 'x'.repeat(43) })).statusCode).toBe(403);
    const secret = browser.cookie(SESSION)!;
    expect((await browser.post('/logout', { csrfToken })).statusCode).toBe(303);
    expect(browser.cookie(SESSION)).toBeUndefined();
    browser.setCookie(SESSION, secret);
    await eventually(async () => expect((await browser.api('GET', '/me')).statusCode).toBe(401));
  });

  it('lists the sessions of a person and ends one of them', async () => {
    await gateway.app.get(Database).unscoped((tx) => tx.run('DELETE FROM gateway.sessions'));
    const [here, there] = [await loggedIn(), await loggedIn()];
    const { items } = (await here.api('GET', '/me/sessions')).json<{ items: { id: string; current: boolean }[] }>();
    expect(items.map(({ current }) => current)).toEqual([true, false]);
    expect((await here.api('DELETE', `/me/sessions/${items[1]!.id}`)).statusCode).toBe(204);
    await eventually(async () => expect((await there.api('GET', '/me')).statusCode).toBe(401));
    expect((await here.api('GET', '/me')).statusCode).toBe(200);
    expect((await here.api('DELETE', `/me/sessions/${items[1]!.id}`)).statusCode).toBe(404);
  });

  it.each<[string, Record<string, string>]>([
    ['another site’s form', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['a sibling host', { origin: 'https://evil.tide.example.com', 'sec-fetch-site': 'same-site' }],
    ['a sandboxed frame', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
    ['a page of another origin', { origin: 'http://tide.example.com' }],
  ])('refuses changes with the cookie from %s', async (_, from) => {
    const { id } = await newIntegration(gateway);
    const browser = await loggedIn();
    for (const [method, path] of [
      ['POST', `/integrations/${id}/tokens`],
      ['PATCH', `/integrations/${id}`],
      ['DELETE', `/integrations/${id}`],
    ] as const) {
      const answer = await browser.api(method, path, {}, from);
      expect([method, answer.statusCode]).toEqual([method, 403]);
    }
    const login = await browser.post('/login', { key: API_KEY }, from);
    expect([login.statusCode, login.headers['set-cookie']]).toEqual([403, undefined]);
  });

  it('refuses changes with the cookie without an origin or the CSRF header', async () => {
    const browser = await loggedIn();
    const path = '/api/v1/integrations';
    const json = { 'content-type': 'application/json' };
    expect((await browser.send('POST', path, json, '{}')).statusCode).toBe(403);
    expect((await browser.send('POST', path, { ...json, origin: ORIGIN }, '{}')).statusCode).toBe(403);
    expect((await browser.send('POST', path, { ...json, 'x-tidegate-csrf': '1' }, '{}')).statusCode).toBe(403);
    expect(
      (await browser.send('POST', path, { ...json, origin: ORIGIN, 'x-tidegate-csrf': '1' }, '{}')).statusCode,
    ).toBe(400);
    const text = { 'content-type': 'text/plain', origin: ORIGIN, 'x-tidegate-csrf': '1' };
    expect((await browser.send('POST', path, text, '{}')).statusCode).toBe(415);
  });

  it('allows no cross-origin reads', async () => {
    const preflight = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
    const answer = await gateway.request('OPTIONS', '/api/v1/integrations', { headers: preflight });
    expect([answer.statusCode, answer.headers['access-control-allow-origin']]).toEqual([405, undefined]);
    const read = await (await loggedIn()).send('GET', '/api/v1/me', { origin: 'https://evil.example' });
    expect(read.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('ignores the cookie when the credential is wrong', async () => {
    const browser = await loggedIn();
    for (const authorization of ['Bearer x', 'Basic x', ''])
      expect((await browser.api('GET', '/integrations', undefined, { authorization })).statusCode).toBe(401);
  });

  it('requires a new login to view credentials', async () => {
    const browser = await loggedIn();
    const makeKey = () => browser.api('POST', '/api-keys', { name: 'x', scopes: ['keys:read'] });
    expect((await makeKey()).statusCode).toBe(201);
    await age(`authenticated_at = now() - interval '11 minutes'`);
    await eventually(async () => {
      const answer = await makeKey();
      expect([answer.statusCode, answer.json()]).toMatchObject([401, { type: 'urn:tidegate:problem:login-again' }]);
      expect(answer.headers['www-authenticate']).toMatch(/error="insufficient_user_authentication", max_age="600"/);
    });
    expect((await browser.api('GET', '/api-keys')).statusCode).toBe(200);
    expect((await browser.get('/login')).statusCode).toBe(303);
    expect((await browser.get('/login?again=1')).body).toContain('Log in again');
    await browser.loginWithKey();
    expect((await makeKey()).statusCode).toBe(201);
  });

  it('ends the sessions of a key that is revoked', async () => {
    const { id, key } = (await gateway.api('POST', '/api-keys', { name: 'root', scopes: ['all'] })).json();
    const browser = new Browser(gateway);
    expect((await browser.loginWithKey(key)).statusCode).toBe(303);
    expect((await browser.api('GET', '/me')).statusCode).toBe(200);
    expect((await gateway.api('DELETE', `/api-keys/${id}`)).statusCode).toBe(204);
    await eventually(async () => expect((await browser.api('GET', '/me')).statusCode).toBe(401));
  });

  it('allows plain http on the loopback interface only, with a cookie name without prefix', async () => {
    const plain = await openGateway();
    try {
      const login = (host: string) =>
        plain.request('POST', '/login', {
          headers: { host, origin: `http://${host}`, 'content-type': 'application/x-www-form-urlencoded' },
          payload: `key=${API_KEY}`,
        });
      for (const host of ['localhost:3000', '127.0.0.1:3000', '[::1]:3000']) {
        const answer = await login(host);
        expect([host, answer.statusCode]).toEqual([host, 303]);
        expect(answer.headers['set-cookie']).toMatch(/^tidegate_session=tgw_[^;]+; Path=\/; HttpOnly; SameSite=Lax$/);
      }
      for (const host of ['tidegate.example', '127.0.0.1.evil.example', 'localhost.evil.example'])
        expect([host, (await login(host)).statusCode]).toEqual([host, 403]);
    } finally {
      await plain.close();
    }
  });
});
