import { Refusal } from '@tidegate/contracts';
import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { SMALL_BYTES } from '../limits/lane.rule.js';
import { type AdmissionControl } from '../limits/admission-control.js';
import { shareOf } from '../callers/share.rule.js';
import { whenSent } from '../http/when-sent.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Releases the bytes reserved for the body; undefined if none are. */
    bodyIsRead: (() => void) | undefined;
  }
}

/**
 * Reserves memory for bodies from the arrival of the headers until they are parsed, because slow and endless bodies use
 * memory too. Small bodies are never refused, so that deactivations are not.
 */
export function limitUnreadBodies(fastify: FastifyInstance, admission: AdmissionControl): void {
  fastify.decorateRequest('bodyIsRead', undefined);

  fastify.addHook('onRequest', (request, reply, done) => {
    const bytes = announcedBytes(request);
    if (bytes <= SMALL_BYTES) return done();
    const share = shareOf(request.caller);
    let release = admission.hasCapacity(share, bytes) ? admission.reserve(share, bytes) : undefined;
    if (!release)
      return done(new Refusal('tooManyRequests', 'Too many request bodies are in transit. Retry this request later.'));
    request.bodyIsRead = () => {
      release?.();
      release = undefined;
    };
    whenSent(request, reply, request.bodyIsRead);
    done();
  });

  // From here on, sending the command reserves the memory.
  fastify.addHook('preHandler', (request, _reply, done) => {
    request.bodyIsRead?.();
    done();
  });
}

/** Chunked bodies count with the body limit of their route. */
function announcedBytes({ headers, routeOptions }: FastifyRequest): number {
  const limit = routeOptions.bodyLimit ?? 0;
  return headers['transfer-encoding'] === undefined ? Math.min(Number(headers['content-length'] ?? 0), limit) : limit;
}
