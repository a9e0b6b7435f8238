import { type FastifyRequest } from 'fastify';
import { clientOf } from '../auth/network.rule.js';

/** The name under which the bytes of a request and of its answer are counted. */
export function callerName({ caller, ip }: Pick<FastifyRequest, 'caller' | 'ip'>): string {
  switch (caller?.kind) {
    case 'scim':
      return caller.integrationId;
    case 'key':
      return `key ${caller.keyId}`;
    case 'person':
      return JSON.stringify([caller.issuer, caller.subject]);
    case undefined:
      return `address ${clientOf(ip)}`;
  }
}
