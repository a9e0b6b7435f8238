import { Refusal } from '@tidegate/contracts';
import { BULK_LIMITS, ScimError } from '@tidegate/scim';
import { type FastifyRequest } from 'fastify';
import { refusalOf } from '../http/errors.js';

/**
 * @returns the error for a bulk request beyond the body limit of its route, which names the limit (RFC 7644 §3.7.4);
 *   undefined for any other error
 */
export function bulkTooLarge(error: unknown, { routeOptions }: FastifyRequest): ScimError | undefined {
  const isOurs = Refusal.from(error) !== undefined;
  if (isOurs || refusalOf(error)?.code !== 'tooLarge' || !routeOptions?.url?.endsWith('/Bulk')) return undefined;
  const detail = `The size of the bulk request exceeds maxPayloadSize (${BULK_LIMITS.maxPayloadSize}).`;
  return new ScimError('tooLarge', detail);
}
