import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { Browser } from './browser.js';

const HOME = `<html><head><title>no</title></head><body><h1>Home &amp; more</h1>
  <a href="/next?a=1&amp;b=2">Next</a>
  <form method="post" action="/save"><input type="hidden" name="csrf" value="&quot;x&quot;"><input name="who" value="alice">
    <input type="checkbox" name="on" value="yes" checked><input type="checkbox" name="off" value="yes">
    <select name="pick"><option value="1">One</option><option value="2" selected>Two</option></select>
    <textarea name="note">a &lt; b</textarea><button>Save</button><button name="how" value="hard" formaction="/other">Other</button></form>
  <form><input name="q"><button>Search</button></form></body></html>`;

describe('the browser for tests', () => {
  const seen: { method: string; url: string; cookie: string; origin: string; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      seen.push({ method, url, cookie: headers.cookie ?? '', origin: headers.origin ?? '', body });
      if (url === '/save') return response.writeHead(303, { Location: '/done' }).end();
      if (url === '/again') return response.writeHead(302, { Location: '/again' }).end();
      const cookies = [
        'session=s1; HttpOnly; Path=/',
        'deep=d; Path=/deep',
        'safe=s; Secure; Path=/',
        'old=; Max-Age=0; Path=/',
        '__Host-wide=w; Secure; Path=/deep',
      ];
      if (url === '/') response.setHeader('Set-Cookie', cookies);
      response.setHeader('Content-Type', 'text/html');
      response.end(url.startsWith('/') && url !== '/done' ? HOME : 'done');
    });
  });
  let url: string;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  beforeEach(() => void (seen.length = 0));

  it('reads the text of a page, and follows a link by its text', async () => {
    const browser = new Browser();
    expect(await browser.open(`${url}/`)).toMatch(/^Home & more Next/);
    await browser.follow('Next');
    expect(seen.at(-1)?.url).toBe('/next?a=1&b=2');
    await expect(browser.follow('Nowhere')).rejects.toThrow('No link "Nowhere"');
  });

  it('submits a form like a browser, with its origin, and follows the redirect with a GET', async () => {
    const browser = new Browser();
    await browser.open(`${url}/`);
    expect(await browser.press('Save', { who: 'bob', on: false, off: true })).toBe('done');
    expect(seen.slice(1)).toMatchObject([
      { method: 'POST', url: '/save', origin: url, body: 'csrf=%22x%22&pick=2&note=a+%3C+b&who=bob&off=yes' },
      { method: 'GET', url: '/done' },
    ]);
    expect(browser.history).toEqual([`${url}/`, `${url}/save`, `${url}/done`]);
  });

  it("submits to the button's formaction, with the button's name", async () => {
    const browser = new Browser();
    await browser.open(`${url}/`);
    await browser.press('Other');
    expect(seen.at(-1)).toMatchObject({ url: '/other', body: expect.stringContaining('how=hard') });
    await browser.press('Search', { q: 'a b' });
    expect(seen.at(-1)).toMatchObject({ method: 'GET', url: '/other?q=a+b' });
    await expect(browser.press('Save', { unknown: 'x' })).rejects.toThrow('No form');
  });

  it('stores cookies by host and path, and no expired or invalid ones', async () => {
    const browser = new Browser();
    await browser.open(`${url}/`);
    await browser.open('/next');
    expect(seen.at(-1)?.cookie).toBe('session=s1; safe=s');
    await browser.open('/deep/er');
    expect(seen.at(-1)?.cookie).toBe('deep=d; session=s1; safe=s');
  });

  it('maps an origin to another server and keeps its cookies separate', async () => {
    const browser = new Browser({ hosts: { 'https://okta.example': url, 'http://plain.example': url } });
    await browser.open('https://okta.example/');
    expect(browser.url.href).toBe('https://okta.example/');
    await browser.press('Save');
    expect(seen.at(-1)).toMatchObject({ url: '/done', cookie: 'session=s1; safe=s' });
    await browser.open('http://plain.example/');
    expect(seen.at(-1)?.cookie).toBe('');
    await browser.open('/next');
    expect(seen.at(-1)?.cookie).toBe('session=s1');
  });

  it('limits redirects', async () => {
    await expect(new Browser().open(`${url}/again`)).rejects.toThrow('More than 20 redirects');
  });
});
