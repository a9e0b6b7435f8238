import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { exchange, type RawResponse } from './exchange.js';
import { isJsonObject, type JsonObject, type JsonValue } from './json.js';
import { MAX_ATTEMPTS, waitSeconds } from './retry.rule.js';

export interface ScimClientOptions {
  /** URL before `/Users` and `/Groups`: `https://host/scim/v2/{integrationId}`. */
  baseUrl: string;
  /** A function is called before each request, to refresh the token; its ScimFailure fails the task. */
  token: string | (() => Promise<string>);
  /** `bearer`: `Authorization: Bearer {token}`; `bare`: Okta's header authentication, the token without a scheme. */
  authentication?: 'bearer' | 'bare';
  /** Seconds until Okta closes the socket. */
  timeoutSeconds?: number;
  /** Waits after a 429; replaceable. */
  wait?: (seconds: number) => Promise<unknown>;
}

/** The interface that provisioning uses. */
export type Scim = Pick<ScimClient, 'send'>;

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A failed call. `detail` is the SCIM `detail`, which Okta shows on its Tasks page. */
export class ScimFailure extends Error {
  constructor(
    /** HTTP status; undefined without a response. */
    readonly status: number | undefined,
    readonly detail: string,
  ) {
    super(status === undefined ? detail : `${status}: ${detail}`);
    this.name = 'ScimFailure';
  }
}

/** Okta's SCIM 2.0 client: its headers, its timeout of 60 seconds, and its retries after a 429 only. */
export class ScimClient {
  readonly #options: ScimClientOptions;
  readonly #base: string;
  readonly #agent: HttpAgent | HttpsAgent;

  constructor(options: ScimClientOptions) {
    this.#options = options;
    this.#base = options.baseUrl.replace(/\/+$/, '');
    // Closes idle connections before the server does: a request on a closed connection would fail its task.
    const pool = { keepAlive: true, timeout: 4_000 };
    this.#agent = this.#base.startsWith('https:') ? new HttpsAgent(pool) : new HttpAgent(pool);
  }

  /**
   * Sends one request, with pauses and retries after 429 responses.
   *
   * @param path path and query after the base URL: `/Users?startIndex=1&count=100`
   * @returns the body of a 2xx response; undefined if empty
   * @throws ScimFailure for other responses, after the timeout, and after the tenth 429
   */
  async send(method: Method, path: string, body?: JsonObject): Promise<JsonObject | undefined> {
    let waited: number | undefined;
    for (let attempt = 1; ; attempt += 1) {
      const response = await this.#once(method, path, body);
      if (response.status >= 200 && response.status <= 299) return this.#parse(response);
      if (response.status !== 429 || attempt === MAX_ATTEMPTS)
        throw new ScimFailure(response.status, detailOf(response));
      waited = waitSeconds(response.headers['retry-after'], waited);
      await (this.#options.wait ?? ((seconds) => sleep(seconds * 1000)))(waited);
    }
  }

  /** Closes the idle connections. */
  close(): void {
    this.#agent.destroy();
  }

  async #once(method: Method, path: string, body: JsonObject | undefined): Promise<RawResponse> {
    const { token, authentication = 'bearer', timeoutSeconds = 60 } = this.#options;
    const url = new URL(this.#base + path);
    const secret = typeof token === 'string' ? token : await token();
    const headers = {
      Accept: 'application/scim+json',
      'Accept-Charset': 'utf-8',
      ...(body && { 'Content-Type': 'application/scim+json; charset=utf-8' }),
      'User-Agent': 'Okta SCIM Client 1.0.0',
      Authorization: authentication === 'bearer' ? `Bearer ${secret}` : secret,
      Host: url.host,
      Connection: 'Keep-Alive',
      'Accept-Encoding': 'gzip,deflate',
    };
    try {
      return await exchange({
        url,
        method,
        headers,
        body: body && JSON.stringify(body),
        agent: this.#agent,
        timeoutMilliseconds: timeoutSeconds * 1000,
      });
    } catch (error) {
      throw new ScimFailure(undefined, error instanceof Error ? error.message : String(error));
    }
  }

  #parse(response: RawResponse): JsonObject | undefined {
    if (response.text === '') return undefined;
    const body = tryJson(response.text);
    if (!isJsonObject(body)) throw new ScimFailure(response.status, 'the response is not a JSON object');
    return body;
  }
}

function detailOf(response: RawResponse): string {
  const body = tryJson(response.text);
  const detail = isJsonObject(body) ? body['detail'] : undefined;
  return typeof detail === 'string' ? detail : 'the response has no SCIM detail';
}

function tryJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}
