import { htmlUnescape } from 'escape-goat';
import { CookieJar } from 'tough-cookie';

export interface BrowserOptions {
  /**
   * Maps origins to the servers that replace them: `{ 'https://system-admin.okta.com': 'http://127.0.0.1:4000' }`. Cookies,
   * URLs and redirects use the original origin.
   */
  hosts?: Record<string, string>;
}

/** A form of a page, with the fields that a browser would send. */
export interface PageForm {
  /** The form's URL; a button's `action` is its own `formaction` or this URL. */
  action: string;
  method: string;
  fields: [string, string][];
  buttons: { text: string; name: string; value: string; action: string }[];
  /** The names of all fields: text fields, selects and checkboxes; and the checkboxes with their values. */
  names: Set<string>;
  boxes: [string, string][];
}

/** Values to enter: a string, or `true` and `false` for a checkbox. Names that the form lacks are an error. */
export type Entries = Record<string, string | boolean>;

const MAX_REDIRECTS = 20;

/**
 * A minimal browser for server-rendered pages: cookies, redirects and forms, without scripts. It parses the HTML of this
 * project's pages, not all HTML.
 */
export class Browser {
  /** Refuses cookies that browsers refuse, for example `__Host-` ones with a Domain. */
  readonly cookies = new CookieJar(undefined, { prefixSecurity: 'strict' });
  readonly #hosts: Record<string, string>;
  /** The current URL. */
  url = new URL('about:blank');
  /** The URL of the last request; differs from `url` when that request failed. */
  target = this.url;
  status = 0;
  /** The HTML of the page. */
  body = '';
  /** All visited URLs, including redirects, oldest first. */
  readonly history: string[] = [];

  constructor({ hosts = {} }: BrowserOptions = {}) {
    this.#hosts = hosts;
  }

  /** Opens a URL, absolute or relative to the current one, and follows redirects. @returns the text of the page */
  async open(address: string): Promise<string> {
    await this.#go('GET', this.#resolve(address));
    return this.text;
  }

  /** Follows the link with this text. @returns the text of the page. @throws Error when the page has no such link */
  async follow(text: string): Promise<string> {
    for (const [, attributes = '', content = ''] of this.body.matchAll(/<a\b([^>]*)>([^]*?)<\/a>/g)) {
      if (textOf(content) === text) return this.open(attributesOf(attributes).get('href') ?? '');
    }
    throw new Error(`No link "${text}" at ${this.url.href}:\n${this.text}`);
  }

  /**
   * Fills in the form that has a button with this text, submits it and follows redirects.
   *
   * @param where a part of the form's action, when several forms have such a button
   * @throws Error when the page has no such form with these fields
   */
  async press(button: string, entries: Entries = {}, where = ''): Promise<string> {
    for (const form of this.forms) {
      const pressed = form.buttons.find((each) => each.text === button && each.action.includes(where));
      if (!pressed || Object.keys(entries).some((name) => !form.names.has(name))) continue;
      const body = filled(form, entries);
      if (pressed.name) body.append(pressed.name, pressed.value);
      const target = this.#resolve(pressed.action);
      if (form.method === 'POST') await this.#go('POST', target, body);
      else await this.#go('GET', new URL(`?${body.toString()}`, target));
      return this.text;
    }
    const fields = Object.keys(entries).join(', ');
    throw new Error(
      `No form at ${this.url.href} has the button "${button}" and ${fields || 'no fields'}:\n${this.text}`,
    );
  }

  get forms(): PageForm[] {
    return [...this.body.matchAll(/<form\b([^>]*)>([^]*?)<\/form>/g)].map(([, attributes = '', content = '']) =>
      formOf(attributesOf(attributes), content, this.url.href),
    );
  }

  /** The text of the page without tags. */
  get text(): string {
    return textOf(this.body.replaceAll(/<(style|script|head)\b[^]*?<\/\1>/g, ' '));
  }

  #resolve(address: string): URL {
    return this.url.protocol === 'about:' ? new URL(address) : new URL(address, this.url);
  }

  async #go(method: string, target: URL, body?: URLSearchParams): Promise<void> {
    for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
      this.target = target;
      const response = await this.#send(method, target, body);
      this.url = target;
      this.history.push(target.href);
      this.status = response.status;
      this.body = await response.text();
      const location = response.headers.get('location');
      if (response.status < 300 || response.status > 399 || location === null) return;
      target = new URL(location, target);
      // Like browsers: only 307 and 308 keep the method and the body.
      if (response.status < 307) [method, body] = ['GET', undefined];
    }
    throw new Error(`More than ${MAX_REDIRECTS} redirects, the last to ${target.href}`);
  }

  async #send(method: string, target: URL, body: URLSearchParams | undefined): Promise<Response> {
    const served = this.#hosts[target.origin] ?? target.origin;
    const from = this.url.protocol === 'about:' ? undefined : this.url;
    const response = await fetch(new URL(target.pathname + target.search, served), {
      method,
      redirect: 'manual',
      headers: {
        Accept: 'text/html,application/xhtml+xml',
        Cookie: this.cookies.getCookieStringSync(target.href),
        ...(from && { Referer: from.origin === target.origin ? from.href : `${from.origin}/` }),
        ...(method === 'POST' && { Origin: from?.origin ?? 'null' }),
      },
      ...(body && { body }),
      signal: AbortSignal.timeout(300_000),
    });
    for (const cookie of response.headers.getSetCookie())
      this.cookies.setCookieSync(cookie, target.href, { ignoreError: true });
    return response;
  }
}

function filled({ fields, boxes }: PageForm, entries: Entries): URLSearchParams {
  const kept = fields.filter(([name]) => entries[name] === undefined);
  const entered = Object.entries(entries).flatMap(([name, value]): [string, string][] => {
    if (value === false) return [];
    return [[name, value === true ? (boxes.find(([box]) => box === name)?.[1] ?? 'on') : value]];
  });
  return new URLSearchParams([...kept, ...entered]);
}

function formOf(form: Map<string, string>, content: string, address: string): PageForm {
  const action = form.get('action') || address;
  const inputs = [...content.matchAll(/<input\b([^>]*)>/g)].map(([, attributes = '']) => attributesOf(attributes));
  const boxes = inputs.filter((input) => ['checkbox', 'radio'].includes(input.get('type') ?? ''));
  const plain = inputs.filter((input) => !boxes.includes(input) && input.get('type') !== 'submit');
  const pair = (input: Map<string, string>): [string, string] => [input.get('name') ?? '', input.get('value') ?? 'on'];
  const written = plain.map((input): [string, string] => [input.get('name') ?? '', input.get('value') ?? '']);
  const fields = [
    ...written,
    ...boxes.filter((box) => box.has('checked')).map(pair),
    ...selects(content),
    ...areas(content),
  ].filter(([name]) => name !== '');
  const buttons = [...content.matchAll(/<button\b([^>]*)>([^]*?)<\/button>/g)].map(([, attributes = '', text = '']) => {
    const button = attributesOf(attributes);
    const [name, value] = [button.get('name') ?? '', button.get('value') ?? ''];
    return { text: textOf(text), name, value, action: button.get('formaction') ?? action };
  });
  const names = new Set([...fields, ...boxes.map(pair)].map(([name]) => name));
  return {
    action,
    method: (form.get('method') ?? 'get').toUpperCase(),
    fields,
    buttons,
    names,
    boxes: boxes.map(pair),
  };
}

function selects(content: string): [string, string][] {
  return [...content.matchAll(/<select\b([^>]*)>([^]*?)<\/select>/g)].map(([, attributes = '', inner = '']) => {
    const options = [...inner.matchAll(/<option\b([^>]*)>/g)].map(([, option = '']) => attributesOf(option));
    const chosen = options.find((option) => option.has('selected')) ?? options[0];
    return [attributesOf(attributes).get('name') ?? '', chosen?.get('value') ?? ''];
  });
}

function areas(content: string): [string, string][] {
  return [...content.matchAll(/<textarea\b([^>]*)>([^]*?)<\/textarea>/g)].map(([, attributes = '', text = '']) => [
    attributesOf(attributes).get('name') ?? '',
    htmlUnescape(text),
  ]);
}

function attributesOf(text: string): Map<string, string> {
  const found = text.matchAll(/([\w-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g);
  return new Map(
    [...found].map(([, name = '', ...values]) => [name, htmlUnescape(values.find((each) => each !== undefined) ?? '')]),
  );
}

function textOf(markup: string): string {
  return htmlUnescape(markup.replaceAll(/<[^>]*>/g, ' '))
    .replaceAll(/\s+/g, ' ')
    .trim();
}
