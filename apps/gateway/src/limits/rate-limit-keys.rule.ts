import { type FastifyRequest } from 'fastify';
import { clientOf } from '../http/network.rule.js';

/** A rate limit key and its limit. */
export interface RateLimitKey {
  key: string;
  limit: number;
}

/** The limit of an untrusted proxy, as a multiple of the limit of one client. */
const CLIENTS_OF_A_PROXY = 6;

/** @returns whether the request has X-Forwarded-For but proxies are not trusted */
export const isUntrustedProxy = ({ headers }: Pick<FastifyRequest, 'headers'>, trustProxy: boolean): boolean =>
  !trustProxy && headers['x-forwarded-for'] !== undefined;

/**
 * The rate limit keys of a request. All clients of an untrusted proxy have its address, so they are distinguished by
 * X-Forwarded-For. Because clients can forge that header, the proxy has a limit, too.
 * @param limit limit of one client
 * @param keyOf maps an address to a key
 */
export function rateLimitKeysOf(
  request: Pick<FastifyRequest, 'headers' | 'ip'>,
  trustProxy: boolean,
  limit: number,
  keyOf: (address: string) => string = clientOf,
): readonly RateLimitKey[] {
  const key = keyOf(request.ip);
  if (!isUntrustedProxy(request, trustProxy)) return [{ key, limit }];
  // Only the last entry is from the proxy: the client can write the others.
  const last = String(request.headers['x-forwarded-for']).split(',').at(-1) ?? '';
  return [
    { key: `${key} for ${keyOf(last.trim())}`, limit },
    { key, limit: limit * CLIENTS_OF_A_PROXY },
  ];
}
