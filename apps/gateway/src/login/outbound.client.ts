import { lookup as resolve } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { type SpanRule, traced } from '@tidegate/observability';
import { type CustomFetch } from 'openid-client';
import { isAllowedAddress } from './special-networks.rule.js';

/** Metadata and keys are a few KiB. */
const MAX_BYTES = 1024 * 1024;
const TIMEOUT_MS = 10_000;

/**
 * A call to another server. Only its host is recorded: the rest of a URL and the headers can contain secrets. The trace is
 * not sent to the server, which belongs to others.
 */
const OUTBOUND: SpanRule<{ method: string; url: URL }> = {
  kind: 'client',
  name: ({ method }) => method,
  attributes: ({ method, url: { protocol, hostname, port } }) => ({
    'http.request.method': method,
    'url.scheme': protocol.slice(0, -1),
    'server.address': hostname,
    'server.port': Number(port) || (protocol === 'https:' ? 443 : 80),
  }),
  result: (response) => ({ 'http.response.status_code': (response as Response).status }),
};

/** A URL or address that is not allowed. */
export class ForbiddenAddress extends Error {}

/**
 * Sends requests to servers that administrators configure, without allowing SSRF: https only, no redirects, limited time and
 * size, and connections only to the address that was checked, to prevent DNS rebinding.
 * @param allowPrivate allows private networks, and http on the loopback interface
 * @returns a fetch for openid-client; it rejects with ForbiddenAddress or the error of the connection
 */
export function outboundFetch(allowPrivate: boolean): CustomFetch {
  const lookup = checkedLookup(allowPrivate);
  return (address, { method, headers, body, signal }) => {
    const url = new URL(address);
    checkUrl(url, allowPrivate);
    const signals = [AbortSignal.timeout(TIMEOUT_MS), ...(signal ? [signal] : [])];
    const options = { method, headers, lookup, signal: AbortSignal.any(signals), agent: false as const };
    const sent = body instanceof URLSearchParams || typeof body === 'string' ? body.toString() : undefined;
    return traced(OUTBOUND, { method, url }, () => send(url, options, sent));
  };
}

function send(url: URL, options: https.RequestOptions, body: string | undefined): Promise<Response> {
  return new Promise((resolveResponse, reject) => {
    const onResponse = (incoming: http.IncomingMessage) => void readResponse(incoming).then(resolveResponse, reject);
    const request = (url.protocol === 'http:' ? http : https).request(url, options, onResponse);
    request.on('error', reject);
    request.end(body);
  });
}

/**
 * Checks a URL. Host names are checked when they are resolved.
 * @throws ForbiddenAddress with the reason
 */
export function checkUrl({ protocol, hostname, username, password }: URL, allowPrivate: boolean): void {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (username || password) throw new ForbiddenAddress('must not contain a user name or password');
  if (isIP(host)) checkAddress(host, allowPrivate);
  const local = host === 'localhost' || (isIP(host) !== 0 && isLoopbackAddress(host));
  if (protocol !== 'https:' && !(protocol === 'http:' && local && allowPrivate))
    throw new ForbiddenAddress('must begin with https://');
}

function checkAddress(address: string, allowPrivate: boolean): void {
  if (!isAllowedAddress(address, allowPrivate))
    throw new ForbiddenAddress('must not resolve to a private network or a reserved address');
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

async function readResponse(incoming: http.IncomingMessage): Promise<Response> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BYTES) {
      incoming.destroy();
      throw new Error('The response is too long.');
    }
    chunks.push(chunk);
  }
  const headers = Object.entries(incoming.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as [string, string]],
  );
  const status = incoming.statusCode ?? 502;
  return new Response([204, 205, 304].includes(status) ? null : Buffer.concat(chunks), { status, headers });
}
