import { Agent } from 'node:http';
import { ApiDocument } from '../apps/gateway/test/api-document.js';
import { exchange } from '../apps/okta-simulator/src/exchange.js';
import { API_KEY, type Tidegate } from './system.js';

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  /** The parsed body; undefined when it is empty or not JSON. */
  body: unknown;
}

const agent = new Agent();

/** Sends one HTTP request with exactly these headers; `fetch` adds headers that Okta does not send. */
export async function send(
  method: string,
  url: string,
  headers: Record<string, string>,
  body?: string | Buffer,
): Promise<Answer> {
  const answer = await exchange({ url: new URL(url), method, headers, body, agent, timeoutMilliseconds: 300_000 });
  return { ...answer, body: parsed(answer.text) };
}

/** The OpenAPI document of all systems, read after the first response. */
let document: Promise<ApiDocument> | undefined;

/** Calls /api/v1 with the root API key. @throws Error when the response is not 2xx, or not as the OpenAPI document describes */
export async function api<T>(
  { baseUrl }: Pick<Tidegate, 'baseUrl'>,
  method: string,
  path: string,
  body?: object,
): Promise<T> {
  const headers = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' };
  const answer = await send(method, `${baseUrl}/api/v1${path}`, headers, body && JSON.stringify(body));
  if (answer.status > 299) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
  document ??= send('GET', `${baseUrl}/api/v1/openapi.json`, {}).then(({ text }) => new ApiDocument(text));
  const contentType = answer.headers['content-type']?.toString();
  (await document).check({ method, url: `/api/v1${path}`, status: answer.status, contentType, text: answer.text });
  return answer.body as T;
}

export interface Tenant {
  integrationId: string;
  token: string;
  scimBaseUrl: string;
}

/** Settings of an integration that differ from the defaults. */
export interface TenantSettings {
  dialect?: 'okta' | 'entra' | 'strict';
}

let made = 0;

/** An integration with a token for Okta. */
export async function newTenant(
  tidegate: Pick<Tidegate, 'baseUrl'>,
  differences: TenantSettings = {},
): Promise<Tenant> {
  const name = `Acme ${process.pid} ${++made}`;
  const settings = { type: 'okta-scim', name, domain: 'acme.okta.com', ...differences };
  const { id, scimBaseUrl } = await api<{ id: string; scimBaseUrl: string }>(
    tidegate,
    'POST',
    '/integrations',
    settings,
  );
  const { token } = await api<{ token: string }>(tidegate, 'POST', `/integrations/${id}/tokens`, {});
  return { integrationId: id, token, scimBaseUrl };
}

/**
 * @param path `Resources[0].name.givenName`, with names that contain dots in quotes; empty for the whole value
 * @returns the value at the path, or undefined
 */
export function at(body: unknown, path: string): unknown {
  const steps = (path.match(/"[^"]+"|[^.[\]"]+/g) ?? []).map((step) => step.replaceAll('"', ''));
  return steps.reduce<unknown>((found, step) => (found as Record<string, unknown> | undefined)?.[step], body);
}

/**
 * Replaces `{{name}}` in all strings of a value; a string that is only `{{name}}` becomes the saved value.
 * @throws Error when no value was saved under the name
 */
export function filled(value: unknown, saved: ReadonlyMap<string, unknown>): unknown {
  const find = (name: string) => {
    if (!saved.has(name)) throw new Error(`no value was saved as ${name}`);
    return saved.get(name);
  };
  if (typeof value === 'string') {
    const whole = /^\{\{(\w+)\}\}$/.exec(value)?.[1];
    return whole ? find(whole) : value.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => String(find(name)));
  }
  if (Array.isArray(value)) return value.map((item) => filled(item, saved));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item, saved)]));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
