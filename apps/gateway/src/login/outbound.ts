import { lookup as resolve } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { type CustomFetch } from 'openid-client';

/** Discovery documents and keys are a few KiB. */
const MOST_BYTES = 1024 * 1024;
const TIMEOUT_MS = 10_000;

/**
 * Where no provider can be: this network's own link, where clouds keep the credentials of machines, no host at all, and
 * what IPv6 has to wrap an IPv4 address in, which could be any of these (RFC 3056, 4380, 6052, 7915, 8215).
 */
const NEVER = blockList(
  '0.0.0.0/8 169.254.0.0/16 192.0.0.0/24 224.0.0.0/3 ::/128 fe80::/10 fec0::/10 ff00::/8 ' +
    '2002::/16 2001::/32 64:ff9b::/96 64:ff9b:1::/48 ::ffff:0:0:0/96',
);
/** Networks of one's own (RFC 1918, 4193, 6598) and this machine. */
const PRIVATE = blockList(
  '10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 172.16.0.0/12 192.168.0.0/16 198.18.0.0/15 ::1/128 fc00::/7',
);

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
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (NEVER.check(address, family) || (!allowPrivate && PRIVATE.check(address, family)))
    throw new ForbiddenAddress('must not lead into a private network');
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

function blockList(ranges: string): BlockList {
  const list = new BlockList();
  for (const range of ranges.split(' ')) {
    const [address = '', bits] = range.split('/');
    list.addSubnet(address, Number(bits), address.includes(':') ? 'ipv6' : 'ipv4');
  }
  return list;
}
