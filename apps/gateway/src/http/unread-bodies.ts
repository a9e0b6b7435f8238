import { Refusal } from '@tidegate/contracts';
import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { SMALL_BYTES } from '../scim/lane.rule.js';
import { type AdmissionControl } from '../scim/admission-control.js';
import { shareOf } from './share.rule.js';
import { whenSent } from './when-sent.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Ends the counting of a body that is on its way; absent where it is not counted. */
    bodyIsRead: (() => void) | undefined;
  }
}

/**
 * Counts the bytes of bodies against the budget from the head of the request until they are read: bodies that arrive
 * slowly, or never end, fill memory too. One that could be a deactivation is small and is never refused for it.
 */
export function holdUnreadBodies(fastify: FastifyInstance, room: AdmissionControl): void {
  fastify.decorateRequest('bodyIsRead', undefined);

  fastify.addHook('onRequest', (request, reply, done) => {
    const bytes = announcedBytes(request);
    if (bytes <= SMALL_BYTES) return done();
    const share = shareOf(request.caller);
    let release = room.hasRoom(share, bytes) ? room.hold(share, bytes) : undefined;
    if (!release) return done(new Refusal('tooManyRequests', 'Too many bodies are on their way. Send this one again.'));
    request.bodyIsRead = () => {
      release?.();
      release = undefined;
    };
    whenSent(request, reply, request.bodyIsRead);
    done();
  });

  // From here on the body is counted where its command waits.
  fastify.addHook('preHandler', (request, _reply, done) => {
    request.bodyIsRead?.();
    done();
  });
}

/** A chunked body does not say its length: it may have as many bytes as its route takes. */
function announcedBytes({ headers, routeOptions }: FastifyRequest): number {
  const most = routeOptions.bodyLimit ?? 0;
  return headers['transfer-encoding'] === undefined ? Math.min(Number(headers['content-length'] ?? 0), most) : most;
}
