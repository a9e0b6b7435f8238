import { Refusal } from '@tidegate/contracts';
import { BULK_LIMITS, ScimError } from '@tidegate/scim';
import { type FastifyRequest } from 'fastify';
import { refusalOf } from '../http/errors.js';

/**
 * @returns what to refuse a bulk request with that Fastify found longer than the limit of its route, which must be named
 *   (RFC 7644 §3.7.4); undefined for any other error
 */
export function bulkTooLarge(error: unknown, { routeOptions }: FastifyRequest): ScimError | undefined {
  const isOurs = Refusal.from(error) !== undefined;
  if (isOurs || refusalOf(error)?.code !== 'tooLarge' || !routeOptions?.url?.endsWith('/Bulk')) return undefined;
  const detail = `The size of the bulk request exceeds maxPayloadSize (${BULK_LIMITS.maxPayloadSize}).`;
  return new ScimError('tooLarge', detail);
}
