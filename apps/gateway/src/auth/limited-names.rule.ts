import { type FastifyRequest } from 'fastify';
import { clientOf } from './network.rule.js';

/** A name under which something is counted, and how often that may come under it in a minute. */
export interface LimitedName {
  name: string;
  most: number;
}

/** How often the limit of one client or network a whole proxy may use. */
const CLIENTS_OF_A_PROXY = 6;

/** Whether the request came through a proxy whose word does not count, as far as its headers can be believed. */
export const isUntrustedProxy = ({ headers }: Pick<FastifyRequest, 'headers'>, trustProxy: boolean): boolean =>
  !trustProxy && headers['x-forwarded-for'] !== undefined;

/**
 * Under which names a request is counted. Behind a proxy that is not trusted all clients have its address: each is told
 * apart by what the proxy says of it, so that one does not close the way to all, and all together are bounded in case that
 * it is made up.
 * @param most how often one client may do it in a minute
 * @param nameOf what an address counts as
 */
export function limitedNamesOf(
  request: Pick<FastifyRequest, 'headers' | 'ip'>,
  trustProxy: boolean,
  most: number,
  nameOf: (address: string) => string = clientOf,
): readonly LimitedName[] {
  const name = nameOf(request.ip);
  if (!isUntrustedProxy(request, trustProxy)) return [{ name, most }];
  // What stands before its own entry, the caller wrote itself.
  const last = String(request.headers['x-forwarded-for']).split(',').at(-1) ?? '';
  return [
    { name: `${name} for ${nameOf(last.trim())}`, most },
    { name, most: most * CLIENTS_OF_A_PROXY },
  ];
}
