import { htmlUnescape } from 'escape-goat';
import { CookieJar } from './cookie-jar.js';

export interface BrowserOptions {
  /**
   * Origins that are really served elsewhere: `{ 'https://system-admin.okta.com': 'http://127.0.0.1:4000' }`. Cookies,
   * addresses and redirects go by the origin that the browser was told.
   */
  hosts?: Record<string, string>;
}

/** A form of a page, with what a browser would send of it. */
export interface PageForm {
  /** Where it goes, and what its buttons that go elsewhere say: their text and their `formaction`. */
  action: string;
  method: string;
  fields: [string, string][];
  buttons: { text: string; name: string; value: string; action: string }[];
  /** The names of its fields: text fields, selects, and the boxes that may be checked, with their values. */
  names: Set<string>;
  boxes: [string, string][];
}

/** What is entered: a text, `true` and `false` for a check box. Names that the form lacks are an error. */
export type Entries = Record<string, string | boolean>;

const MOST_REDIRECTS = 20;

/**
 * A browser as far as server-rendered pages need one: cookies, redirects, forms. No scripts. It knows the HTML that our
 * pages are written in, not all there is.
 */
export class Browser {
  readonly cookies = new CookieJar();
  readonly #hosts: Record<string, string>;
  /** Where it is. */
  url = new URL('about:blank');
  /** Where it was going last: when nobody answered there, it still is where it was. */
  target = this.url;
  status = 0;
  /** The page. */
  body = '';
  /** Every address it was at, redirects included, oldest first. */
  readonly history: string[] = [];

  constructor({ hosts = {} }: BrowserOptions = {}) {
    this.#hosts = hosts;
  }

  /** Goes to an address, relative to where it is, and follows redirects. @returns the page's text without its tags */
  async open(address: string): Promise<string> {
    await this.#go('GET', this.#resolve(address));
    return this.text;
  }

  /** Follows the link with this text. @throws when there is none */
  async follow(text: string): Promise<string> {
    for (const [, attributes = '', content = ''] of this.body.matchAll(/<a\b([^>]*)>([^]*?)<\/a>/g)) {
      if (textOf(content) === text) return this.open(attributesOf(attributes).get('href') ?? '');
    }
    throw new Error(`there is no link "${text}" at ${this.url.href}:\n${this.text}`);
  }

  /**
   * Fills in the form that has a button with this text and presses it; follows redirects.
   *
   * @param where further text that the form's action must contain, when several have such a button
   * @throws when there is no such form, or it has no field of that name
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
      `no form at ${this.url.href} has the button "${button}" and ${fields || 'no fields'}:\n${this.text}`,
    );
  }

  get forms(): PageForm[] {
    return [...this.body.matchAll(/<form\b([^>]*)>([^]*?)<\/form>/g)].map(([, attributes = '', content = '']) =>
      formOf(attributesOf(attributes), content, this.url.href),
    );
  }

  /** The page without its tags, for a test to look for a sentence in. */
  get text(): string {
    return textOf(this.body.replaceAll(/<(style|script|head)\b[^]*?<\/\1>/g, ' '));
  }

  #resolve(address: string): URL {
    return this.url.protocol === 'about:' ? new URL(address) : new URL(address, this.url);
  }

  async #go(method: string, target: URL, body?: URLSearchParams): Promise<void> {
    for (let hops = 0; hops <= MOST_REDIRECTS; hops += 1) {
      this.target = target;
      const response = await this.#send(method, target, body);
      this.url = target;
      this.history.push(target.href);
      this.status = response.status;
      this.body = await response.text();
      const location = response.headers.get('location');
      if (response.status < 300 || response.status > 399 || location === null) return;
      target = new URL(location, target);
      // As browsers do: only 307 and 308 repeat the method and the body.
      if (response.status < 307) [method, body] = ['GET', undefined];
    }
    throw new Error(`more than ${MOST_REDIRECTS} redirects, the last to ${target.href}`);
  }

  async #send(method: string, target: URL, body: URLSearchParams | undefined): Promise<Response> {
    const served = this.#hosts[target.origin] ?? target.origin;
    const from = this.url.protocol === 'about:' ? undefined : this.url;
    const response = await fetch(new URL(target.pathname + target.search, served), {
      method,
      redirect: 'manual',
      headers: {
        Accept: 'text/html,application/xhtml+xml',
        Cookie: this.cookies.header(target),
        ...(from && { Referer: from.origin === target.origin ? from.href : `${from.origin}/` }),
        ...(method === 'POST' && { Origin: from?.origin ?? 'null' }),
      },
      ...(body && { body }),
      signal: AbortSignal.timeout(300_000),
    });
    for (const cookie of response.headers.getSetCookie()) this.cookies.take(cookie, target);
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
