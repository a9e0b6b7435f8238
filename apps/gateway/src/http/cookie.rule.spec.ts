import { clearCookie, type CookieForm, cookieForm, cookieIn, isLoopback, setCookie } from './cookie.rule.js';

const SECURE: CookieForm = { name: '__Host-session', secure: true };
const PLAIN: CookieForm = { name: 'session', secure: false };

describe('the form of a cookie', () => {
  it.each<[string, CookieForm | undefined]>([
    ['https://tidegate.example.com', SECURE],
    ['https://localhost:8080', SECURE],
    ['http://localhost:8080', PLAIN],
    ['http://127.0.0.1:8080', PLAIN],
    ['http://127.9.9.9', PLAIN],
    ['http://[::1]:8080', PLAIN],
    ['http://tidegate.example.com', undefined],
    ['http://localhost.evil.example', undefined],
    ['http://127.0.0.1.evil.example', undefined],
    ['http://128.0.0.1', undefined],
    ['ftp://localhost', PLAIN],
    ['tidegate.example.com', undefined],
    ['', undefined],
  ])('for %s', (origin, form) => {
    expect(cookieForm(origin, 'session')).toEqual(form);
  });
});

it.each([
  ['http://localhost', true],
  ['http://LOCALHOST', true],
  ['http://[::1]', true],
  ['http://0.0.0.0', false],
  ['http://[::2]', false],
])('%s is on the loopback interface: %s', (url, expected) => {
  expect(isLoopback(new URL(url))).toBe(expected);
});

describe('a Cookie header', () => {
  it.each<[string | undefined, string | undefined]>([
    ['__Host-session=abc', 'abc'],
    ['other=1; __Host-session=abc; more=2', 'abc'],
    ['session=abc', undefined],
    ['__host-session=abc', undefined],
    ['', undefined],
    [undefined, undefined],
    [`__Host-session=abc; pad=${'x'.repeat(8192)}`, undefined],
  ])('%.60s', (header, value) => {
    expect(cookieIn(header, SECURE)).toBe(value);
  });
});

describe('a Set-Cookie header', () => {
  const attributes = (header: string) => header.split('; ').slice(1).sort();

  it('sets HttpOnly, SameSite and Secure', () => {
    const header = setCookie(SECURE, 'abc');
    expect(header).toMatch(/^__Host-session=abc;/);
    expect(attributes(header)).toEqual(['HttpOnly', 'Path=/', 'SameSite=Lax', 'Secure']);
    expect(attributes(setCookie(PLAIN, 'abc', 60))).toEqual(['HttpOnly', 'Max-Age=60', 'Path=/', 'SameSite=Lax']);
  });

  it('clears the cookie with the attributes it was set with', () => {
    expect(clearCookie(SECURE)).toBe(setCookie(SECURE, '', 0));
    expect(attributes(clearCookie(SECURE))).toContain('Max-Age=0');
  });
});
