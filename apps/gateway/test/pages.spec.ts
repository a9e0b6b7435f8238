import { existsSync } from 'node:fs';
import { type AddressInfo } from 'node:net';
import chromium from '@sparticuz/chromium';
import { Database } from '@tidegate/database';
import { eventually } from '@tidegate/testing';
import { type Browser as Chromium, chromium as playwright } from 'playwright-core';
import { INTEGRATION_TYPES } from '../src/integrations/catalog.js';
import { Browser, ORIGIN } from './browser.js';
import { Directory } from './directory.js';
import { API_KEY, newIntegration, openGateway, type TestGateway } from './harness.js';
import { CLIENT, Issuer } from './issuer.js';
import { People } from './people.js';

/** What browsers send when a person opens an address. */
const HTML = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8';
const PROBLEM = 'application/problem+json; charset=utf-8';
/** The packaged Chromium is for Linux on x64. */
const inBrowser = process.platform === 'linux' && process.arch === 'x64' ? describe : describe.skip;

describe('the pages of the gateway', () => {
  let gateway: TestGateway;
  let issuer: Issuer;
  beforeAll(async () => {
    [gateway, issuer] = await Promise.all([openGateway({ publicUrl: ORIGIN }), Issuer.start()]);
  });
  afterAll(async () => {
    await gateway.close();
    await issuer.close();
  });

  const get = (path: string, headers: Record<string, string>) => gateway.request('GET', path, { headers });
  const open = (path: string) => get(path, { accept: HTML });
  const openAs = (browser: Browser, path = '/') => browser.send('GET', path, { accept: HTML });

  it('say at / what this is, whether it is ready and where to go', async () => {
    const { statusCode, headers, body } = await open('/');
    expect([statusCode, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(body).toContain('Tidegate receives users and groups from an identity provider');
    expect(body).toContain('<p class="status ready">Tidegate is ready</p>');
    expect(linksOf(body)).toEqual(['/login', '/api/docs', '/catalog']);
    const guides = body.match(/docs\/guides\/[\w-]+\.md/g) ?? [];
    expect(guides).toHaveLength(5);
    expect(guides.filter((path) => !existsSync(path))).toEqual([]);
  });

  it('list the integration types at /catalog with what each can do and its guide', async () => {
    const { statusCode, body } = await open('/catalog');
    expect(statusCode).toBe(200);
    for (const type of INTEGRATION_TYPES) expect(body).toContain(`<code>${type}</code>`);
    for (const words of ['Okta Directory (SCIM)', 'Deactivate users', 'Import users', 'docs/guides/entra.md'])
      expect(body).toContain(words);
    expect(linksOf(body)).toContain('/');
  });

  it.each(['/nothing', '/access-requests/7', '/index.html', '/api', '/scimitar', '/api/docs/none', '/%3Cb%3E'])(
    'name an unknown address and lead to /: %s',
    async (path) => {
      const { statusCode, headers, body } = await open(`${path}?code=secret`);
      expect([statusCode, headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
      expect(body).toContain(`<code>${path}</code>`);
      expect(body).not.toContain('secret');
      expect(linksOf(body)).toEqual(['/']);
    },
  );

  it('escape the address, and shorten a long one', async () => {
    const { body } = await open(`/'&amp;${'y'.repeat(900)}`);
    expect(body).toMatch(/<code>\/&#39;&amp;amp;y{190,200}…<\/code>/);
  });

  it.each(['/', '/catalog', '/nothing'])('cannot be framed, stored or scripted, and load nothing: %s', async (path) => {
    const { headers, body } = await open(path);
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-frame-options': 'DENY' });
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'$/,
    );
    expect(body).not.toMatch(/<script|<img|<link|style="|https?:/);
  });

  it.each([undefined, '*/*', 'application/json', 'application/json, text/html;q=0.5', 'text/html;q=0'])(
    'are not sent to a program that accepts %s: it gets the JSON of an unknown address',
    async (accept) => {
      for (const path of ['/', '/catalog', '/nothing', '/nothing?x=1']) {
        const answer = await get(path, accept === undefined ? {} : { accept });
        const { 'content-type': type, 'content-security-policy': policy, 'x-request-id': id } = answer.headers;
        expect([path, answer.statusCode, type, policy]).toEqual([path, 404, PROBLEM, undefined]);
        expect(answer.body).toBe(
          `{"type":"about:blank","title":"Not Found","status":404,"detail":"Not found.","instance":"urn:tidegate:request:${String(id)}"}`,
        );
      }
    },
  );

  it.each([
    ['/api/v1/nothing', PROBLEM],
    ['/api/v1', PROBLEM],
    ['/scim/v2/nothing/at/all', 'application/scim+json; charset=utf-8'],
    ['/oauth/nothing', 'application/json; charset=utf-8'],
  ])('are not sent for an address of programs, whatever it accepts: %s', async (path) => {
    const [asBrowser, asProgram] = [await open(path), await get(path, { accept: '*/*' })];
    const withoutId = ({ body }: { body: string }) => body.replace(/request:[\w-]+/, '');
    expect(asBrowser.headers['content-type']).toBe(asProgram.headers['content-type']);
    expect([asBrowser.statusCode, withoutId(asBrowser)]).toEqual([404, withoutId(asProgram)]);
  });

  it('are sent for a malformed address too, and the JSON to programs', async () => {
    for (const path of ['/%zz', '/login/%zz?code=secret']) {
      const [page, json] = [await open(path), await get(path, { accept: '*/*' })];
      expect([page.statusCode, page.headers['content-type']]).toEqual([400, 'text/html; charset=utf-8']);
      expect(page.body).toContain('<p>The request is malformed.</p>');
      expect(page.body).not.toContain('secret');
      expect(linksOf(page.body)).toEqual(['/']);
      expect([json.statusCode, json.headers['content-type']]).toEqual([400, PROBLEM]);
    }
  });

  it('are sent when the database fails at a login, and when its form is sent', async () => {
    const database = gateway.app.get(Database);
    const kept = database.unscoped.bind(database);
    const send = async (method: string, accept: string) => {
      const headers = { accept, origin: ORIGIN, 'content-type': 'application/x-www-form-urlencoded' };
      const { statusCode, headers: got } = await gateway.request(method, '/login', { headers, payload: 'key=x' });
      return [statusCode, got['content-type'], got['retry-after']];
    };
    database.unscoped = () => Promise.reject(Object.assign(new Error('password of db'), { code: 'ECONNREFUSED' }));
    try {
      for (const method of ['GET', 'POST']) {
        expect(await send(method, HTML)).toEqual([503, 'text/html; charset=utf-8', '30']);
        expect(await send(method, '*/*')).toEqual([503, PROBLEM, '30']);
      }
      const { body } = await open('/login');
      expect(body).toContain('<p>The database is unavailable. Retry the request later.</p>');
      expect(body).not.toContain('password of db');
    } finally {
      database.unscoped = kept;
    }
  });

  it('are not sent for forms and changes', async () => {
    for (const method of ['POST', 'PUT', 'DELETE']) {
      const answer = await gateway.request(method, '/nothing', { headers: { accept: HTML } });
      expect([method, answer.statusCode, answer.headers['content-type']]).toEqual([method, 404, PROBLEM]);
    }
  });

  it('say which dependency fails, while /readyz stays ready for the load balancer', async () => {
    const down = await openGateway({ publicUrl: ORIGIN });
    try {
      down.app.get(Database).check = () => Promise.reject(new Error('postgres://user:password@host is away'));
      await eventually(async () => {
        const { statusCode, body } = await down.request('GET', '/', { headers: { accept: HTML } });
        expect([statusCode, body]).toEqual([
          200,
          expect.stringContaining('Tidegate is not ready. Failed checks: database.'),
        ]);
        expect(body).not.toMatch(/password|status ready/);
      });
      expect((await down.request('GET', '/readyz')).statusCode).toBe(200);
    } finally {
      await down.close();
    }
  });

  it('show the API key of a login with it, and log out', async () => {
    const browser = new Browser(gateway);
    expect((await browser.loginWithKey()).headers.location).toBe('/');
    const { body } = await openAs(browser);
    expect(body).toContain('<h1>Logged in</h1>');
    expect(detailsOf(body)).toEqual({ 'API key': 'configured', Administrator: 'all integrations' });
    expect(body).not.toContain(API_KEY);
    const [, csrfToken = ''] = /name="csrfToken" value="([\w-]{43})"/.exec(body) ?? [];
    expect((await browser.post('/logout', {})).statusCode).toBe(403);
    expect((await browser.post('/logout', { csrfToken })).headers.location).toBe('/login');
    expect((await openAs(browser)).body).toContain('href="/login"');
  });

  it('show the name of a stored API key, not its id', async () => {
    const made = await gateway.api('POST', '/api-keys', { name: 'Dan’s <key>', scopes: ['all'] });
    const browser = new Browser(gateway);
    await browser.loginWithKey(made.json<{ key: string }>().key);
    expect(detailsOf((await openAs(browser)).body)['API key']).toBe('Dan’s &lt;key&gt;');
  });

  it('show that a login cannot be checked', async () => {
    const browser = new Browser(gateway);
    await browser.loginWithKey();
    const database = gateway.app.get(Database);
    const kept = database.unscoped.bind(database);
    database.unscoped = () => Promise.reject(new Error('away'));
    try {
      const { statusCode, body } = await openAs(browser);
      expect([statusCode, body]).toEqual([200, expect.stringContaining('Your login cannot be checked now.')]);
      expect(gateway.log.join('')).toContain('The start page cannot check a login');
    } finally {
      database.unscoped = kept;
    }
  });

  describe('after a login with a provider', () => {
    let acme: string;
    let people: People;
    beforeAll(async () => {
      acme = (await newIntegration(gateway, { name: 'Acme Okta' })).id;
      await newIntegration(gateway, { name: 'Another one' });
      people = await People.at(gateway, issuer, [acme]);
    });

    it('show the name in the directory, escaped, and the login', async () => {
      const alice = await people.person({ of: [acme] });
      const userGet = gateway.transport.handlers['users.get']!;
      gateway.transport.handlers['users.get'] = (data, asking) => {
        const user = userGet(data, asking);
        return { ...user, attributes: { ...user.attributes, displayName: 'Alice <b>Archer</b>' } };
      };
      const { body } = await openAs(alice);
      gateway.transport.handlers['users.get'] = userGet;
      expect(body).toContain('<h1>Logged in as Alice &lt;b&gt;Archer&lt;/b&gt;</h1>');
      expect(detailsOf(body)).toEqual({
        User: `${alice.subject}@example.com`,
        Provider: issuer.url,
        Subject: alice.subject,
        Member: 'Acme Okta',
      });
      expect(gateway.transport.last('users.get')).toMatchObject({
        asking: { integrationIds: [acme] },
        data: { id: alice.users[acme] },
      });
    });

    it('show issuer and subject when the directory does not respond', async () => {
      const alice = await people.person({ of: [acme] });
      const userGet = gateway.transport.handlers['users.get']!;
      delete gateway.transport.handlers['users.get'];
      const { body } = await openAs(alice);
      gateway.transport.handlers['users.get'] = userGet;
      expect(body).toContain('<h1>Logged in</h1>');
      expect(detailsOf(body)).toEqual({ Provider: issuer.url, Subject: alice.subject, Member: 'Acme Okta' });
    });

    it('name no integrations of others', async () => {
      const dan = await people.person({ roles: [{ role: 'admin', integrationIds: [acme] }] });
      const { body } = await openAs(dan);
      expect(detailsOf(body)['Administrator']).toBe('Acme Okta');
      expect(body).not.toContain('Another one');
    });

    it('name at most 20 integrations of a role', async () => {
      const ids = [];
      for (let count = 0; count < 22; count++) ids.push((await newIntegration(gateway, { name: `Many ${count}` })).id);
      const dan = await people.person({ roles: [{ role: 'auditor', integrationIds: ids }] });
      const shown = detailsOf((await openAs(dan)).body)['Auditor'] ?? '';
      expect([shown.match(/Many/g)?.length, shown]).toEqual([20, expect.stringMatching(/ and 2 more$/)]);
    });
  });

  it('are where a login without another target ends', async () => {
    const { id } = await newIntegration(gateway);
    const other = await Issuer.start();
    try {
      const settings = { issuer: other.url, ...CLIENT, label: 'Other', integrationIds: [id] };
      const providerId = (await gateway.api('POST', '/login-providers', settings)).json<{ id: string }>().id;
      new Directory(gateway).add(id, 'alice', { attributes: { userName: 'alice@x', externalId: 'alice' } });
      const browser = new Browser(gateway);
      const [, link = ''] = /href="([^"]+)">Sign in with Other/.exec((await openAs(browser, '/login')).body) ?? [];
      const started = await browser.get(link.replaceAll('&amp;', '&'));
      const query = other.login(new URL(started.headers.location!), 'alice');
      const back = await browser.get(`/login/callback/${providerId}?${query.toString()}`);
      expect([back.statusCode, back.headers.location]).toEqual([303, '/']);
      expect((await openAs(browser)).body).toContain('<h1>Logged in as alice@x</h1>');
    } finally {
      await other.close();
    }
  });

  inBrowser('in a browser', () => {
    let local: TestGateway;
    let browser: Chromium;
    let origin: string;
    beforeAll(async () => {
      local = await openGateway();
      await local.app.listen(0, '127.0.0.1');
      origin = `http://127.0.0.1:${(local.app.getHttpServer().address() as AddressInfo).port}`;
      browser = await playwright.launch({ executablePath: await chromium.executablePath(), timeout: 300_000 });
    });
    afterAll(async () => {
      await browser?.close();
      await local.close();
    });

    it.each([
      ['light', { colorScheme: 'light' as const }],
      ['dark', { colorScheme: 'dark' as const }],
      ['narrow', { colorScheme: 'light' as const, viewport: { width: 360, height: 740 } }],
    ])('lead from an unknown address to the login, back to / and out, within their policy: %s', async (_, options) => {
      const page = await browser.newPage(options);
      page.setDefaultTimeout(300_000);
      const faults: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error' && !message.text().includes('404')) faults.push(message.text());
      });
      const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
      await page.goto(`${origin}/${'an-unknown-address'.repeat(9)}`);
      expect(await fits()).toBe(true);
      await page.click('text=Go to the start page');
      await page.click('text=Integration types');
      expect(await fits()).toBe(true);
      await page.click('text=Go to the start page');
      await page.click('text=Log in');
      await page.fill('#key', API_KEY);
      await page.click('text=Log in with the key');
      await page.waitForSelector('text=all integrations');
      expect([new URL(page.url()).pathname, await fits()]).toEqual(['/', true]);
      await page.click('text=Log out');
      await page.waitForSelector('#key');
      expect(faults).toEqual([]);
      await page.close();
    });
  });
});

const linksOf = (body: string): string[] => [...body.matchAll(/href="(\/[^"#]*)/g)].map(([, path = '']) => path);

/** @returns the descriptions by their terms */
function detailsOf(body: string): Record<string, string> {
  const pairs = [...body.replaceAll('<wbr />', '').matchAll(/<dt>([^<]*)<\/dt>\s*<dd>([^<]*)<\/dd>/g)];
  return Object.fromEntries(pairs.map(([, term = '', value = '']) => [term, value]));
}
