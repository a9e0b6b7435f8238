import { type AddressInfo } from 'node:net';
import chromium from '@sparticuz/chromium';
import { type Browser, chromium as playwright, type Page } from 'playwright-core';
import { openGateway, type TestGateway } from './harness.js';

/** The packaged Chromium is for Linux on x64. */
const inBrowser = process.platform === 'linux' && process.arch === 'x64' ? describe : describe.skip;

describe('the page that shows the OpenAPI document', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await openGateway();
  });
  afterAll(() => gateway.close());

  it('has a policy of its own that allows only files of the gateway', async () => {
    const { statusCode, headers, body } = await gateway.request('GET', '/api/docs');
    expect([statusCode, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-frame-options': 'DENY' });
    const policy = String(headers['content-security-policy']).split('; ');
    expect(policy).toEqual(
      expect.arrayContaining([`default-src 'none'`, `script-src 'self'`, `frame-ancestors 'none'`]),
    );
    expect(policy.join()).not.toMatch(/unsafe|\*|http/);
    const addresses = [...body.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address = '']) => address);
    expect(addresses).toHaveLength(4);
    for (const address of addresses) {
      expect(address).toMatch(/^\/api\/docs\/[\w.-]+\?[0-9a-f]{16}$/);
      const file = await gateway.request('GET', address);
      expect([file.statusCode, file.headers['cache-control']]).toEqual([200, 'public, max-age=31536000, immutable']);
      const zipped = await gateway.request('GET', address, { headers: { 'accept-encoding': 'gzip, br' } });
      expect(zipped.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' });
      expect(zipped.rawPayload.length).toBeLessThan(file.rawPayload.length);
    }
  });

  it('has no other files and no other methods', async () => {
    for (const path of [
      '/api/docs/index.html',
      '/api/docs/package.json',
      '/api/docs/..%2fpackage.json',
      '/api/docs/toString',
    ])
      expect([path, (await gateway.request('GET', path)).statusCode]).toEqual([path, 404]);
    const posted = await gateway.request('POST', '/api/docs');
    expect([posted.statusCode, posted.headers.allow]).toEqual([405, 'GET, HEAD']);
  });

  inBrowser('in a browser', () => {
    let browser: Browser;
    let origin: string;
    beforeAll(async () => {
      await gateway.app.listen(0, '127.0.0.1');
      const { port } = gateway.app.getHttpServer().address() as AddressInfo;
      origin = `http://127.0.0.1:${port}`;
      // Without the arguments of the package: they weaken the security policies of the browser.
      browser = await playwright.launch({ executablePath: await chromium.executablePath(), timeout: 300_000 });
    });
    afterAll(() => browser?.close());

    /** Opens the page. @returns it, the hosts of its requests, and its errors and violations of its policy */
    async function open(path: string, options: Parameters<Browser['newPage']>[0]) {
      const page = await browser.newPage(options);
      page.setDefaultTimeout(300_000);
      const hosts = new Set<string>();
      const faults: string[] = [];
      page.on('request', (request) => {
        if (!request.url().startsWith('data:')) hosts.add(new URL(request.url()).origin);
      });
      page.on('pageerror', (error) => faults.push(error.message));
      // A violation of the policy is an error in the console.
      page.on('console', (message) => {
        if (message.type() === 'error') faults.push(message.text());
      });
      await page.goto(origin + path);
      await page.waitForSelector('.opblock');
      return { page, hosts, faults };
    }
    const isDark = (page: Page) => page.evaluate(() => document.documentElement.classList.contains('dark-mode'));
    const overflow = (page: Page) =>
      page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

    it.each([
      ['light', { colorScheme: 'light' as const }, false],
      ['dark', { colorScheme: 'dark' as const }, true],
      ['narrow', { colorScheme: 'light' as const, viewport: { width: 390, height: 844 } }, false],
    ])('shows every operation without other hosts and without violations: %s', async (_, options, dark) => {
      const { page, hosts, faults } = await open('/api/docs#/access-flows/createFlow', options);
      await page.waitForSelector('#operations-access-flows-createFlow .responses-table');
      const { paths } = (await gateway.request('GET', '/api/v1/openapi.json')).json<{
        paths: Record<string, object>;
      }>();
      const operations = Object.values(paths).flatMap((methods) => Object.keys(methods));
      expect(await page.locator('.opblock').count()).toBe(operations.length);
      expect([await isDark(page), await overflow(page)]).toEqual([dark, 0]);
      expect([[...hosts], faults]).toEqual([[origin], []]);
      await page.close();
    });

    it('has no field for a key and sends no requests', async () => {
      const { page } = await open('/api/docs#/grants/listGrants', {});
      await page.waitForSelector('#operations-grants-listGrants .responses-table');
      const fields = page.locator('input, textarea, .parameters select, .authorize, .try-out');
      expect(await fields.and(page.locator(':visible')).count()).toBe(0);
      await page.close();
    });
  });
});
