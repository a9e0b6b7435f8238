import { type LightMyRequestResponse } from 'fastify';
import { CookieJar } from 'tough-cookie';
import { API_KEY, type TestGateway } from './harness.js';

export const ORIGIN = 'https://tide.example.com';

/**
 * A browser for single requests: stores cookies, sends Origin and Sec-Fetch-Site, and returns each response as
 * received. For flows over several pages and servers use the browser of `@tidegate/testing`, which follows redirects
 * and submits forms.
 */
export class Browser {
  private readonly cookies = new CookieJar(undefined, { prefixSecurity: 'strict' });

  constructor(private readonly gateway: TestGateway) {}

  /** @returns the value of a stored cookie; undefined if there is none */
  cookie(name: string): string | undefined {
    return this.cookies.getCookiesSync(ORIGIN).find(({ key }) => key === name)?.value;
  }

  /** @returns the header `Cookie` for a path */
  cookieHeader(path: string): string {
    return this.cookies.getCookieStringSync(ORIGIN + path);
  }

  setCookie(name: string, value: string): void {
    this.cookies.setCookieSync(`${name}=${value}; Secure; Path=/`, ORIGIN);
  }

  get(path: string): Promise<LightMyRequestResponse> {
    return this.send('GET', path, {});
  }

  /** Submits a form of a Tidegate page. */
  post(path: string, form: Record<string, string>, headers: Record<string, string> = {}) {
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    return this.send('POST', path, { ...type, ...SAME_ORIGIN, ...headers }, new URLSearchParams(form).toString());
  }

  /** Calls /api/v1 as the console does. */
  api(method: string, path: string, body?: object, headers: Record<string, string> = {}) {
    const proof = { ...SAME_ORIGIN, 'x-tidegate-csrf': '1', ...(body ? { 'content-type': 'application/json' } : {}) };
    return this.send(method, `/api/v1${path}`, { ...proof, ...headers }, body && JSON.stringify(body));
  }

  async loginWithKey(key = API_KEY, returnTo = '/'): Promise<LightMyRequestResponse> {
    return this.post('/login', { key, returnTo });
  }

  /** Sends a request with the stored cookies, and stores those of the response. */
  async send(method: string, path: string, headers: Record<string, string>, payload?: string) {
    const cookie = this.cookieHeader(path);
    const answer = await this.gateway.request(method, path, {
      headers: { ...(cookie ? { cookie } : {}), ...headers },
      ...(payload === undefined ? {} : { payload }),
    });
    for (const each of [answer.headers['set-cookie'] ?? []].flat())
      this.cookies.setCookieSync(each, ORIGIN + path, { ignoreError: true });
    return answer;
  }
}

const SAME_ORIGIN = { origin: ORIGIN, 'sec-fetch-site': 'same-origin' };
