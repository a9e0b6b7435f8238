import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { exchange, type RawAnswer } from './exchange.js';
import { isJsonObject, type JsonObject, type JsonValue } from './json.js';
import { MAX_ATTEMPTS, waitSeconds } from './retry.rule.js';

export interface ScimClientOptions {
  /** Where `/Users` and `/Groups` are appended: `https://host/scim/v2/{integrationId}`. */
  baseUrl: string;
  /** A function is asked before each call, so that a token may be refreshed; its ScimFailure fails the task. */
  token: string | (() => Promise<string>);
  /** `bearer`: `Authorization: Bearer {token}`; `bare`: Okta's header authentication, the token without a scheme. */
  authentication?: 'bearer' | 'bare';
  /** Seconds until Okta closes the socket. */
  timeoutSeconds?: number;
  /** How a pause after a 429 is spent. */
  wait?: (seconds: number) => Promise<unknown>;
}

/** What provisioning needs of the client. */
export type Scim = Pick<ScimClient, 'send'>;

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A call that Okta counts as failed. `detail` is the SCIM `detail`, which Okta's Tasks page shows. */
export class ScimFailure extends Error {
  constructor(
    /** HTTP status, or undefined when no answer came. */
    readonly status: number | undefined,
    readonly detail: string,
  ) {
    super(status === undefined ? detail : `${status}: ${detail}`);
    this.name = 'ScimFailure';
  }
}

/** Okta's SCIM 2.0 client on the wire: its headers, its 60 seconds, and its rule to repeat nothing but a 429. */
export class ScimClient {
  readonly #options: ScimClientOptions;
  readonly #base: string;
  readonly #agent: HttpAgent | HttpsAgent;

  constructor(options: ScimClientOptions) {
    this.#options = options;
    this.#base = options.baseUrl.replace(/\/+$/, '');
    // Idle connections are dropped before a server drops them, for a write on a dead one would be a failed task.
    const pool = { keepAlive: true, timeout: 4_000 };
    this.#agent = this.#base.startsWith('https:') ? new HttpsAgent(pool) : new HttpAgent(pool);
  }

  /**
   * One task on the wire, with the pauses that 429 answers ask for.
   *
   * @param path appended to the base URL, with its query: `/Users?startIndex=1&count=100`
   * @returns the body of a 2xx answer, or undefined when it is empty
   * @throws ScimFailure for every other answer, for none within the time, and after the tenth 429
   */
  async send(method: Method, path: string, body?: JsonObject): Promise<JsonObject | undefined> {
    let waited: number | undefined;
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.#once(method, path, body);
      if (answer.status >= 200 && answer.status <= 299) return this.#parse(answer);
      if (answer.status !== 429 || attempt === MAX_ATTEMPTS) throw new ScimFailure(answer.status, detailOf(answer));
      waited = waitSeconds(answer.headers['retry-after'], waited);
      await (this.#options.wait ?? ((seconds) => sleep(seconds * 1000)))(waited);
    }
  }

  /** Closes the idle connections. */
  close(): void {
    this.#agent.destroy();
  }

  async #once(method: Method, path: string, body: JsonObject | undefined): Promise<RawAnswer> {
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

  #parse(answer: RawAnswer): JsonObject | undefined {
    if (answer.text === '') return undefined;
    const body = tryJson(answer.text);
    if (!isJsonObject(body)) throw new ScimFailure(answer.status, 'the answer is not a JSON object');
    return body;
  }
}

function detailOf(answer: RawAnswer): string {
  const body = tryJson(answer.text);
  const detail = isJsonObject(body) ? body['detail'] : undefined;
  return typeof detail === 'string' ? detail : 'the answer carries no SCIM detail';
}

function tryJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}
