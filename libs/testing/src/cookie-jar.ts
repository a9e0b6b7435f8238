interface Cookie {
  name: string;
  value: string;
  host: string;
  path: string;
  secure: boolean;
  attributes: string;
}

/** The cookies of a browser (RFC 6265): by host and path, Secure and Max-Age honoured; no Domain. */
export class CookieJar {
  #cookies: Cookie[] = [];

  /** @param setCookie a `Set-Cookie` header that came from the address */
  take(setCookie: string, from: URL): void {
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
    const over = attributes.has('max-age')
      ? Number(attributes.get('max-age')) <= 0
      : expires !== undefined && Date.parse(expires) <= Date.now();
    if (!over) this.#cookies.push(cookie);
  }

  /** @returns what the `Cookie` header to the address holds */
  header(to: URL): string {
    const sent = this.#cookies.filter((each) => each.host === to.hostname && covers(each.path, to.pathname));
    const safe = to.protocol === 'https:' || to.hostname === '127.0.0.1' || to.hostname === 'localhost';
    return sent
      .filter((each) => safe || !each.secure)
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }

  /** @returns the cookie of this name, with its attributes as they came; undefined when there is none */
  find(name: string): { value: string; attributes: string } | undefined {
    const found = this.#cookies.find((each) => each.name === name);
    return found && { value: found.value, attributes: found.attributes };
  }
}

function covers(path: string, wanted: string): boolean {
  return wanted === path || wanted.startsWith(path.endsWith('/') ? path : `${path}/`);
}

function split(pair: string): [string, string] {
  const at = pair.indexOf('=');
  return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
}
