import { Refusal } from '@tidegate/contracts';
import { type FastifyInstance } from 'fastify';
import { SMALL_BYTES } from '../limits/lane.rule.js';
import { type AdmissionControl } from '../limits/admission-control.limiter.js';
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

  fastify.addHook('preParsing', (request, reply, payload, done) => {
    const { bodyBytes } = request;
    if (bodyBytes <= SMALL_BYTES) return done(null, payload);
    let release = admission.reserve(shareOf(request.caller), bodyBytes);
    if (!release)
      return done(new Refusal('tooManyRequests', 'Too many request bodies are in transit. Retry this request later.'));
    request.bodyIsRead = () => {
      release?.();
      release = undefined;
    };
    whenSent(request, reply, request.bodyIsRead);
    done(null, payload);
  });

  // From here on, `AdmissionControl.run` reserves the memory of the command.
  fastify.addHook('preHandler', (request, _reply, done) => {
    request.bodyIsRead?.();
    done();
  });
}
