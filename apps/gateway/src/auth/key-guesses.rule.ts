import { type FastifyRequest } from 'fastify';
import { clientOf } from './network.rule.js';

/** A name under which wrong keys are counted, and how many may come under it in a minute. */
export interface Guesser {
  name: string;
  most: number;
}

/** How often the limit of one client a whole proxy may send. */
const CLIENTS_OF_A_PROXY = 6;

/** Whether the request came through a proxy whose word does not count, as far as its headers can be believed. */
export const isUntrustedProxy = ({ headers }: Pick<FastifyRequest, 'headers'>, trustProxy: boolean): boolean =>
  !trustProxy && headers['x-forwarded-for'] !== undefined;

/**
 * Who may be guessing keys. Behind a proxy that is not trusted all clients have its address: each is told apart by what the
 * proxy says of it, so that one does not close the way to all, and all together are bounded in case that it is made up.
 * @param most wrong keys that one client may send in a minute
 */
export function guessersOf(
  request: Pick<FastifyRequest, 'headers' | 'ip'>,
  trustProxy: boolean,
  most: number,
): readonly Guesser[] {
  const client = clientOf(request.ip);
  if (!isUntrustedProxy(request, trustProxy)) return [{ name: client, most }];
  // What stands before its own entry, the caller wrote itself.
  const last = String(request.headers['x-forwarded-for']).split(',').at(-1) ?? '';
  const said = clientOf(last.trim());
  return [
    { name: `${client} for ${said}`, most },
    { name: client, most: most * CLIENTS_OF_A_PROXY },
  ];
}
