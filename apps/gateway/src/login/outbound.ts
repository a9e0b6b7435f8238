import { lookup as resolve } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { type CustomFetch } from 'openid-client';
import { mayBeAsked } from './special-networks.rule.js';

/** Discovery documents and keys are a few KiB. */
const MOST_BYTES = 1024 * 1024;
const TIMEOUT_MS = 10_000;

/** An address that must not be asked. */
export class ForbiddenAddress extends Error {}

/**
 * Asks other servers whose address an administrator typed, without becoming a way into networks that he cannot reach: https
 * only, no redirects, bounded in time and size, and connected to the very address that was checked, so that a name that
 * resolves to another one a moment later gains nothing.
 * @param allowPrivate whether servers may be on a private network, or on this machine and then without https
 * @returns a fetch for openid-client; it rejects with ForbiddenAddress or the fault of the connection
 */
export function outboundFetch(allowPrivate: boolean): CustomFetch {
  const lookup = checkedLookup(allowPrivate);
  return (address, { method, headers, body, signal }) => {
    const url = new URL(address);
    checkUrl(url, allowPrivate);
    const signals = [AbortSignal.timeout(TIMEOUT_MS), ...(signal ? [signal] : [])];
    const options = { method, headers, lookup, signal: AbortSignal.any(signals), agent: false as const };
    return new Promise<Response>((give, fail) => {
      const answered = (answer: http.IncomingMessage) => void readAnswer(answer).then(give, fail);
      const request = (url.protocol === 'http:' ? http : https).request(url, options, answered);
      request.on('error', fail);
      request.end(body instanceof URLSearchParams || typeof body === 'string' ? body.toString() : undefined);
    });
  };
}

/**
 * @throws ForbiddenAddress saying what is wrong with the address; names are looked at again when they are resolved
 */
export function checkUrl({ protocol, hostname, username, password }: URL, allowPrivate: boolean): void {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (username || password) throw new ForbiddenAddress('must not hold a name or a password');
  if (isIP(host)) checkAddress(host, allowPrivate);
  const local = host === 'localhost' || (isIP(host) !== 0 && isLoopbackAddress(host));
  if (protocol !== 'https:' && !(protocol === 'http:' && local && allowPrivate))
    throw new ForbiddenAddress('must begin with https://');
}

function checkAddress(address: string, allowPrivate: boolean): void {
  if (!mayBeAsked(address, allowPrivate)) throw new ForbiddenAddress('must not lead into a private network');
}

const isLoopbackAddress = (address: string): boolean => address === '::1' || address.startsWith('127.');

function checkedLookup(allowPrivate: boolean): LookupFunction {
  return (hostname, options, answer) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      try {
        if (error) throw error;
        for (const { address } of addresses) checkAddress(address, allowPrivate);
        const [first] = addresses;
        if (options.all) answer(null, addresses);
        else answer(null, first!.address, first!.family);
      } catch (fault) {
        answer(fault as NodeJS.ErrnoException, '', 0);
      }
    });
  };
}

async function readAnswer(answer: http.IncomingMessage): Promise<Response> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MOST_BYTES) {
      answer.destroy();
      throw new Error('The answer is too long.');
    }
    chunks.push(chunk);
  }
  const headers = Object.entries(answer.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as [string, string]],
  );
  const status = answer.statusCode ?? 502;
  return new Response([204, 205, 304].includes(status) ? null : Buffer.concat(chunks), { status, headers });
}
