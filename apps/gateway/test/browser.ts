import { type LightMyRequestResponse } from 'fastify';
import { API_KEY, type TestGateway } from './harness.js';

export const ORIGIN = 'https://tide.example.com';

/**
 * A browser for single requests: stores cookies, sends Origin and Sec-Fetch-Site, and returns each response as
 * received. For flows over several pages and servers use the browser of `@tidegate/testing`, which follows redirects
 * and submits forms.
 */
export class Browser {
  readonly cookies = new Map<string, string>();

  constructor(private readonly gateway: TestGateway) {}

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
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await this.gateway.request(method, path, {
      headers: { ...(cookie ? { cookie } : {}), ...headers },
      ...(payload === undefined ? {} : { payload }),
    });
    for (const { name, value, maxAge } of answer.cookies)
      if (maxAge === 0) this.cookies.delete(name);
      else this.cookies.set(name, value);
    return answer;
  }
}

const SAME_ORIGIN = { origin: ORIGIN, 'sec-fetch-site': 'same-origin' };
