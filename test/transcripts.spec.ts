import { brokerFaultTests } from '@tidegate/testing';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Answer, at, filled, newTenant, send } from './http.js';
import { startInProcess } from './in-process.js';
import { API_KEY, startSystem, type Tidegate } from './system.js';

/** One request of Okta's and what it expects. Texts may hold `{{name}}`: see `filled`. */
interface Exchange {
  /** The promise. */
  description: string;
  /** Where it is written down, or who saw it. */
  source: string;
  request: {
    method: string;
    /** Appended to the SCIM base URL, unless it begins with /scim or /api. */
    path: string;
    /** Instead of Okta's; null leaves one out. */
    headers?: Record<string, string | null>;
    body?: unknown;
    /** Instead of `body`: sent as it stands. */
    bodyText?: string;
    /** Instead of `body`: a user of so many bytes. */
    bodyOfBytes?: number;
  };
  response: {
    status: number;
    headers?: Record<string, string>;
    /** What must be in the body, which may hold more; lists have no more. `<string>` stands for any text but an empty one. */
    body?: unknown;
    /** What must not be in the body. */
    without?: string[];
  };
  /** Names for values of the answer. */
  save?: Record<string, string>;
}

const FOLDER = join(__dirname, 'transcripts');
const SCIM_JSON = 'application/scim+json';
const LONG_MS = 60_000;

/** As in Okta's captured requests. */
const OKTA_HEADERS = {
  accept: 'application/scim+json',
  'accept-charset': 'utf-8',
  'content-type': `${SCIM_JSON}; charset=utf-8`,
  'user-agent': 'Okta SCIM Client 1.0.0',
  authorization: 'Bearer {{token}}',
};

describe('in one process, what Okta says is answered as Okta wants it', () => conversations(startInProcess));
brokerFaultTests('over three processes, what Okta says is answered as Okta wants it', () => conversations(startSystem));

function conversations(start: () => Promise<Tidegate>): void {
  let tidegate: Tidegate;
  beforeAll(async () => (tidegate = await start()), LONG_MS);
  afterAll(() => tidegate?.stop(), LONG_MS);

  describe.each(readdirSync(FOLDER).sort())('%s', (scenario) => {
    const saved = new Map<string, unknown>();

    beforeAll(async () => {
      const [ours, theirs] = [await newTenant(tidegate), await newTenant(tidegate)];
      for (const [name, value] of Object.entries(ours)) saved.set(name, value);
      saved.set('otherIntegrationId', theirs.integrationId).set('otherToken', theirs.token);
    });

    const exchanges = readdirSync(join(FOLDER, scenario))
      .sort()
      .map((file) => JSON.parse(readFileSync(join(FOLDER, scenario, file), 'utf8')) as Exchange);

    it.each(exchanges.map((exchange) => [exchange.description, exchange] as const))('%s', async (_, exchange) => {
      const answer = await ask(tidegate, exchange.request, saved);
      check(answer, exchange.response, saved);
      for (const [name, path] of Object.entries(exchange.save ?? {})) saved.set(name, at(answer.body, path));
    });
  });
}

function ask({ baseUrl }: Tidegate, request: Exchange['request'], saved: Map<string, unknown>): Promise<Answer> {
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
  return send(request.method, prefix + path, filled(Object.fromEntries(given), saved) as Record<string, string>, body);
}

function bodyOf({ body, bodyText, bodyOfBytes }: Exchange['request'], saved: Map<string, unknown>): string | undefined {
  if (bodyOfBytes !== undefined) return `{"userName":"${'x'.repeat(bodyOfBytes - 15)}"}`;
  return bodyText ?? (body === undefined ? undefined : JSON.stringify(filled(body, saved)));
}

function check(answer: Answer, expected: Exchange['response'], saved: Map<string, unknown>): void {
  expect(answer).toMatchObject({ status: expected.status });
  if (answer.status === 204) expect(answer.text).toBe('');
  else expect(answer.headers['content-type']).toMatch(/^application\/(scim\+json|json; charset=utf-8)$/);
  if (answer.status >= 400) {
    expect(answer.headers['content-type']).toBe(SCIM_JSON);
    expect(Object.keys(answer.body as object).sort()).toEqual(
      Object.keys(expected.body as object).sort(), // an Error says what it must and nothing else
    );
  }
  expect(answer.headers).toMatchObject(anyText(filled(expected.headers ?? {}, saved)) as object);
  if (expected.body !== undefined) expect(answer.body).toMatchObject(anyText(filled(expected.body, saved)) as object);
  for (const path of expected.without ?? []) expect([path, at(answer.body, path)]).toEqual([path, undefined]);
}

/** The expected value with every `<string>` in it turned into what matches any text. */
function anyText(value: unknown): unknown {
  if (value === '<string>') return expect.stringMatching(/./);
  if (Array.isArray(value)) return value.map(anyText);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, anyText(item)]));
}
