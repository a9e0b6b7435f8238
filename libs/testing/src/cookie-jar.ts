interface Cookie {
  name: string;
  value: string;
  host: string;
  path: string;
  secure: boolean;
  attributes: string;
}

/** The cookies of a browser (RFC 6265) by host and path, with Secure, Max-Age and Expires, without Domain. */
export class CookieJar {
  #cookies: Cookie[] = [];

  /** Stores a cookie. @param setCookie a `Set-Cookie` header from the URL */
  store(setCookie: string, from: URL): void {
    const [pair = '', ...rest] = setCookie.split(';').map((part) => part.trim());
    const attributes = new Map(rest.map((part) => split(part)).map(([name, value]) => [name.toLowerCase(), value]));
    const [name, value] = split(pair);
    const path = attributes.get('path') || from.pathname.replace(/\/[^/]*$/, '') || '/';
    const cookie = {
      name,
      value,
      host: from.hostname,
      path,
      secure: attributes.has('secure'),
      attributes: rest.join('; '),
    };
    this.#cookies = this.#cookies.filter(
      (each) => each.name !== name || each.host !== cookie.host || each.path !== path,
    );
    const expires = attributes.get('expires');
    const isExpired = attributes.has('max-age')
      ? Number(attributes.get('max-age')) <= 0
      : expires !== undefined && Date.parse(expires) <= Date.now();
    if (!isExpired) this.#cookies.push(cookie);
  }

  /** @returns the `Cookie` header for a request to the URL */
  header(to: URL): string {
    const sent = this.#cookies.filter((each) => each.host === to.hostname && covers(each.path, to.pathname));
    const safe = to.protocol === 'https:' || to.hostname === '127.0.0.1' || to.hostname === 'localhost';
    return sent
      .filter((each) => safe || !each.secure)
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }

  /** @returns the cookie of this name with its original attributes; undefined when absent */
  find(name: string): { value: string; attributes: string } | undefined {
    const cookie = this.#cookies.find((each) => each.name === name);
    return cookie && { value: cookie.value, attributes: cookie.attributes };
  }
}

function covers(path: string, wanted: string): boolean {
  return wanted === path || wanted.startsWith(path.endsWith('/') ? path : `${path}/`);
}

function split(pair: string): [string, string] {
  const at = pair.indexOf('=');
  return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
}
