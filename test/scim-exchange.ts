import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Answer, at, filled, newTenant, send, type TenantSettings } from './http.js';
import { API_KEY, type Tidegate } from './system.js';

/** One request and what it expects. Texts may hold `{{name}}`: see `filled`. */
export interface Exchange {
  /** The promise. */
  description: string;
  /** Where it is written down, or who saw it. */
  source: string;
  /** Why the answer is another one than the source has. */
  decision?: string;
  request: {
    method: string;
    /** Appended to the SCIM base URL, unless it begins with /scim or /api. */
    path: string;
    /** Appended to the path, percent-encoded. */
    query?: Record<string, string>;
    /** Instead of Okta's; null leaves one out. */
    headers?: Record<string, string | null>;
    body?: unknown;
    /** Instead of `body`: sent as it stands. */
    bodyText?: string;
    /** Instead of `body`: a user of so many bytes. */
    bodyOfBytes?: number;
  };
  response: Expected;
  /** Names for values of the answer: of its body, or `headers.` and a header's name. */
  save?: Record<string, string>;
}

export interface Expected {
  status: number;
  headers?: Record<string, string>;
  /**
   * What must be in the body, which may hold more; lists have no more. `<string>` stands for any text but an empty one,
   * `<like …>` for one that the regular expression finds.
   */
  body?: unknown;
  /** What must not be in the body. */
  without?: string[];
}

/** What a conversation has learned so far, by name. */
export type Saved = Map<string, unknown>;

const SCIM_JSON = 'application/scim+json';

/** As in Okta's captured requests. */
const OKTA_HEADERS = {
  accept: 'application/scim+json',
  'accept-charset': 'utf-8',
  'content-type': `${SCIM_JSON}; charset=utf-8`,
  'user-agent': 'Okta SCIM Client 1.0.0',
  authorization: 'Bearer {{token}}',
};

/** The JSON files of a folder, by name, in their order. */
export function filesOf<T>(folder: string): [name: string, content: T][] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.sort().map((name) => [name, JSON.parse(readFileSync(join(folder, name), 'utf8')) as T]);
}

type Step = Pick<Exchange, 'request' | 'response' | 'save'>;

/** What is there before an example begins, by name. */
export const GIVEN: ReadonlyMap<string, Step> = new Map(
  filesOf<Step>(join(__dirname, 'rfc', 'given')).map(([name, step]) => [basename(name, '.json'), step]),
);

/** An exchange of a tenant that knows nothing but what was given to it before. */
export interface Example extends Exchange {
  /** Names of `GIVEN`, played before. */
  given?: string[];
}

/** Plays an example as a conversation of its own. */
export async function playExample(
  tidegate: Tidegate,
  { given = [], ...example }: Omit<Example, 'decision'>,
  settings: TenantSettings = {},
): Promise<void> {
  const saved: Saved = new Map(Object.entries(await newTenant(tidegate, settings)));
  for (const name of given) await play(tidegate, GIVEN.get(name)!, saved);
  await play(tidegate, example, saved);
}

/** A conversation of a tenant of its own, beside which there is another one. */
export async function conversation(tidegate: Tidegate, settings: TenantSettings = {}): Promise<Saved> {
  const [ours, theirs] = [await newTenant(tidegate, settings), await newTenant(tidegate)];
  const saved: Saved = new Map(Object.entries(ours));
  return saved.set('otherIntegrationId', theirs.integrationId).set('otherToken', theirs.token);
}

/** Sends the request, holds the answer against what is expected, and remembers of it what is to be saved. */
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

/** Beside what is expected here, what holds for every answer (RFC 7644 §3.1, §3.12; RFC 9110 §11.6.1). */
function check(answer: Answer, expected: Expected, saved: Saved, type: string): void {
  expect(answer).toMatchObject({ status: expected.status });
  const isEmpty = answer.status === 204 || answer.status === 304;
  if (isEmpty) expect(answer.text).toBe('');
  expect(answer.headers['content-type']).toBe(isEmpty ? undefined : type);
  if (answer.status >= 400) {
    expect(Object.keys(answer.body as object).sort()).toEqual(
      Object.keys(expected.body as object).sort(), // an Error says what it must and nothing else
    );
  }
  if (answer.status === 401) expect(answer.headers['www-authenticate']).toMatch(/^Bearer /);
  expect(answer.headers).toMatchObject(anyText(filled(expected.headers ?? {}, saved)) as object);
  if (expected.body !== undefined) expect(answer.body).toMatchObject(anyText(filled(expected.body, saved)) as object);
  for (const path of expected.without ?? []) expect([path, at(answer.body, path)]).toEqual([path, undefined]);
}

/** The expected value with what stands for any text turned into what matches such. */
function anyText(value: unknown): unknown {
  if (value === '<string>') return expect.stringMatching(/./);
  const [, pattern] = typeof value === 'string' ? (/^<like (.+)>$/.exec(value) ?? []) : [];
  if (pattern !== undefined) return expect.stringMatching(new RegExp(pattern));
  if (Array.isArray(value)) return value.map(anyText);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, anyText(item)]));
}
