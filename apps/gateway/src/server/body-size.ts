import { Refusal } from '@tidegate/contracts';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { SHORT_BYTES } from '../http/read-in-turn.js';
import { whenSent } from '../http/when-sent.js';
import { BodyBlocks } from './body-blocks.stream.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Bytes of the body that count toward limits; 0 without a body. Set before parsing, by `measureBodies`. */
    bodyBytes: number;
  }
}

const BODYLESS = new Set(['GET', 'HEAD']);

/**
 * Sets `bodyBytes`: the announced length, or the body limit of the route for bodies without one. A chunked body (RFC 9112
 * §7.1) that ends within 8 KiB has its own length, so that a small deactivation is not treated as a large body.
 */
export function measureBodies(fastify: FastifyInstance): void {
  fastify.decorateRequest('bodyBytes', 0);

  fastify.addHook('preParsing', async (request, reply, payload) => {
    const { headers, method, routeOptions } = request;
    const limit = routeOptions.bodyLimit ?? 0;
    if (headers['transfer-encoding'] === undefined || BODYLESS.has(method)) {
      request.bodyBytes = Math.min(Number(headers['content-length'] ?? 0), limit);
      return payload;
    }
    const blocks = inBlocks(request, reply);
    await blocks.untilLonger(SHORT_BYTES);
    if (blocks.destroyed) throw new Refusal('invalidSyntax', 'The body ended before it was complete.');
    request.bodyBytes = blocks.writableFinished && blocks.received <= SHORT_BYTES ? blocks.received : limit;
    return blocks;
  });
}

/** Reads bodies in blocks, unless they have arrived. Must be the last hook that limits bodies, because it reads. */
export function readInBlocks(fastify: FastifyInstance): void {
  fastify.addHook('preParsing', (request, reply, payload, done) => {
    const arrives = payload === request.raw && request.bodyBytes > 0 && !request.raw.complete;
    done(null, arrives ? inBlocks(request, reply) : payload);
  });
}

function inBlocks(request: FastifyRequest, reply: FastifyReply): BodyBlocks {
  const blocks = BodyBlocks.of(request.raw);
  // After a refusal the rest of the body must be read, or the next request of the connection would not be.
  whenSent(request, reply, () => blocks.resume());
  return blocks;
}
