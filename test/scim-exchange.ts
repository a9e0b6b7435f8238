import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Answer, at, filled, newTenant, send, type TenantSettings } from './http.js';
import { API_KEY, type Tidegate } from './system.js';

/** One request and its expected response. Strings can contain `{{name}}`: see `filled`. */
export interface Exchange {
  /** The name of the test. */
  description: string;
  /** The document or report that it comes from. */
  source: string;
  /** Why the response differs from the source. */
  decision?: string;
  request: {
    method: string;
    /** Appended to the SCIM base URL, unless it starts with /scim or /api. */
    path: string;
    /** Appended to the path, percent-encoded. */
    query?: Record<string, string>;
    /** Replace Okta's headers; null removes one. */
    headers?: Record<string, string | null>;
    body?: unknown;
    /** Instead of `body`: sent unchanged. */
    bodyText?: string;
    /** Instead of `body`: a user of this size. */
    bodyOfBytes?: number;
  };
  response: Expected;
  /** Values of the response to save, by name: a path in its body, or `headers.` and the name of a header. */
  save?: Record<string, string>;
}

export interface Expected {
  status: number;
  headers?: Record<string, string>;
  /**
   * Required content of the body. Objects can have more members, lists not. `<string>` matches any non-empty string,
   * `<like …>` a string that matches the regular expression.
   */
  body?: unknown;
  /** Paths that must not be in the body. */
  without?: string[];
}

/** The saved values of a conversation, by name. */
export type Saved = Map<string, unknown>;

const SCIM_JSON = 'application/scim+json';

/** From Okta's captured requests. */
const OKTA_HEADERS = {
  accept: 'application/scim+json',
  'accept-charset': 'utf-8',
  'content-type': `${SCIM_JSON}; charset=utf-8`,
  'user-agent': 'Okta SCIM Client 1.0.0',
  authorization: 'Bearer {{token}}',
};

/** The JSON files of a folder in the order of their names. */
export function filesOf<T>(folder: string): [name: string, content: T][] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.sort().map((name) => [name, JSON.parse(readFileSync(join(folder, name), 'utf8')) as T]);
}

type Step = Pick<Exchange, 'request' | 'response' | 'save'>;

/** Exchanges that prepare examples, by name. */
export const GIVEN: ReadonlyMap<string, Step> = new Map(
  filesOf<Step>(join(__dirname, 'rfc', 'given')).map(([name, step]) => [basename(name, '.json'), step]),
);

/** An exchange of a new integration, with prepared resources. */
export interface Example extends Exchange {
  /** Names in `GIVEN` of exchanges to run first. */
  given?: string[];
}

/** Runs an example as a separate conversation. */
export async function playExample(
  tidegate: Tidegate,
  { given = [], ...example }: Omit<Example, 'decision'>,
  settings: TenantSettings = {},
): Promise<void> {
  const saved: Saved = new Map(Object.entries(await newTenant(tidegate, settings)));
  for (const name of given) await play(tidegate, GIVEN.get(name)!, saved);
  await play(tidegate, example, saved);
}

/** A conversation of a new integration, with a second integration next to it. */
export async function conversation(tidegate: Tidegate, settings: TenantSettings = {}): Promise<Saved> {
  const [ours, theirs] = [await newTenant(tidegate, settings), await newTenant(tidegate)];
  const saved: Saved = new Map(Object.entries(ours));
  return saved.set('otherIntegrationId', theirs.integrationId).set('otherToken', theirs.token);
}

/** Sends the request, checks the response and saves the named values. */
export async function play(tidegate: Tidegate, { request, response, save = {} }: Step, saved: Saved): Promise<void> {
  const answer = await ask(tidegate, request, saved);
  check(answer, response, saved, request.path.startsWith('/api/') ? 'application/json; charset=utf-8' : SCIM_JSON);
  for (const [name, path] of Object.entries(save)) {
    const value = path.startsWith('headers.') ? at(answer, path) : at(answer.body, path);
    expect([name, value]).not.toEqual([name, undefined]);
    saved.set(name, value);
  }
}

function ask({ baseUrl }: Tidegate, request: Exchange['request'], saved: Saved): Promise<Answer> {
  const path = String(filled(request.path, saved));
  const isApi = path.startsWith('/api/');
  const prefix = isApi || path.startsWith('/scim/') ? baseUrl : String(saved.get('scimBaseUrl'));
  const headers: Record<string, string | null> = {
    ...OKTA_HEADERS,
    ...(isApi ? { authorization: `Bearer ${API_KEY}` } : {}),
    ...Object.fromEntries(Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value])),
  };
  const body = bodyOf(request, saved);
  if (body === undefined) headers['content-type'] = null;
  const given = Object.entries(headers).filter(([, value]) => value !== null);
  const url = prefix + path + queryOf(request, saved);
  return send(request.method, url, filled(Object.fromEntries(given), saved) as Record<string, string>, body);
}

function queryOf({ query = {} }: Exchange['request'], saved: Saved): string {
  const pairs = Object.entries(filled(query, saved) as Record<string, string>);
  return pairs.map(([name, value], index) => `${index === 0 ? '?' : '&'}${name}=${encodeURIComponent(value)}`).join('');
}

function bodyOf({ body, bodyText, bodyOfBytes }: Exchange['request'], saved: Saved): string | undefined {
  if (bodyOfBytes !== undefined) return `{"userName":"${'x'.repeat(bodyOfBytes - 15)}"}`;
  return bodyText ?? (body === undefined ? undefined : JSON.stringify(filled(body, saved)));
}

/** Checks the expectations, and the rules for all responses (RFC 7644 §3.1, §3.12; RFC 9110 §11.6.1). */
function check(answer: Answer, expected: Expected, saved: Saved, type: string): void {
  expect(answer).toMatchObject({ status: expected.status });
  const isEmpty = answer.status === 204 || answer.status === 304;
  if (isEmpty) expect(answer.text).toBe('');
  expect(answer.headers['content-type']).toBe(isEmpty ? undefined : type);
  if (answer.status >= 400) {
    expect(Object.keys(answer.body as object).sort()).toEqual(
      Object.keys(expected.body as object).sort(), // an Error must have no other members
    );
  }
  if (answer.status === 401) expect(answer.headers['www-authenticate']).toMatch(/^Bearer /);
  expect(answer.headers).toMatchObject(anyText(filled(expected.headers ?? {}, saved)) as object);
  if (expected.body !== undefined) expect(answer.body).toMatchObject(anyText(filled(expected.body, saved)) as object);
  for (const path of expected.without ?? []) expect([path, at(answer.body, path)]).toEqual([path, undefined]);
}

/** Replaces the placeholders in an expected value by matchers. */
function anyText(value: unknown): unknown {
  if (value === '<string>') return expect.stringMatching(/./);
  const [, pattern] = typeof value === 'string' ? (/^<like (.+)>$/.exec(value) ?? []) : [];
  if (pattern !== undefined) return expect.stringMatching(new RegExp(pattern));
  if (Array.isArray(value)) return value.map(anyText);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, anyText(item)]));
}
