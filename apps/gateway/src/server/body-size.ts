import { type IncomingMessage } from 'node:http';
import { Refusal } from '@tidegate/contracts';
import { type FastifyInstance, type FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** Bytes of the body that count toward limits; 0 without a body. Set before parsing, by `measureBodies`. */
    bodyBytes: number;
  }
}

/** Maximum bytes of a chunked body to wait for. Below the buffer that Node fills by itself (16 KiB on Node 20). */
const WAIT_BYTES = 8 * 1024;

/**
 * Sets `bodyBytes`: the announced length, or the body limit of the route for bodies without one. A chunked body (RFC 9112
 * §7.1) that ends within 8 KiB has its own length, so that a small deactivation is not treated as a large body.
 */
export function measureBodies(fastify: FastifyInstance): void {
  fastify.decorateRequest('bodyBytes', 0);

  fastify.addHook('preParsing', async (request, _reply, payload) => {
    request.bodyBytes = await bytesOf(request);
    if (request.raw.destroyed) throw new Refusal('invalidSyntax', 'The body ended before it was complete.');
    return payload;
  });
}

async function bytesOf({ headers, raw, routeOptions }: FastifyRequest): Promise<number> {
  const limit = routeOptions.bodyLimit ?? 0;
  if (headers['transfer-encoding'] === undefined) return Math.min(Number(headers['content-length'] ?? 0), limit);
  await firstBytes(raw);
  return raw.complete && raw.readableLength <= WAIT_BYTES ? raw.readableLength : limit;
}

/** Waits until the body is complete, longer than `WAIT_BYTES` or aborted. Consumes nothing. */
function firstBytes(raw: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    const check = () => {
      if (!raw.complete && !raw.destroyed && raw.readableLength <= WAIT_BYTES) return;
      raw.off('readable', check).off('close', check);
      resolve();
    };
    raw.on('readable', check).on('close', check);
    check();
  });
}
