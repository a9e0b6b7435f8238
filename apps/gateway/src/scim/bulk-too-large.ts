import { BULK_LIMITS, ScimError } from '@tidegate/scim';
import { type FastifyRequest } from 'fastify';

/**
 * @returns the refusal of a bulk request that is longer than `bodyLimit` of its route, which must name the limit
 *   (RFC 7644 §3.7.4); undefined for any other error
 */
export function bulkTooLarge(error: unknown, { routeOptions }: FastifyRequest): ScimError | undefined {
  const tooLong = error instanceof Error && (error as { code?: string }).code === 'FST_ERR_CTP_BODY_TOO_LARGE';
  if (!tooLong || !routeOptions.url?.endsWith('/Bulk')) return undefined;
  const detail = `The size of the bulk request exceeds maxPayloadSize (${BULK_LIMITS.maxPayloadSize}).`;
  return new ScimError('tooLarge', detail);
}
