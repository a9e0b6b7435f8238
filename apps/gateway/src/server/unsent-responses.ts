import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { LIST_BYTES, Refusal } from '@tidegate/contracts';
import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { type AdmissionControl } from '../limits/admission-control.limiter.js';
import { shareOf } from '../callers/share.rule.js';
import { closeWhenSlow } from '../http/slow-readers.js';
import { whenSent } from '../http/when-sent.js';

/** Shorter responses are not counted: they fit in the buffers of the operating system. */
const SMALL = 16 * 1024;
/** Responses beyond the share of their caller must be read within this time. */
const OVER_SHARE_SECONDS = 1;
/** Headers to remove from refusals. */
const RESOURCE_HEADERS = ['etag', 'location', 'content-location'];

/**
 * Reserves memory for responses until they are sent. Reads of callers with too many unread responses are refused; writes
 * never are. Connections are closed when the client reads nothing, or less than 16 KiB of a counted response, for
 * `idleSeconds`. Detection takes up to three times as long.
 */
export function limitUnsentResponses(fastify: FastifyInstance, admission: AdmissionControl, idleSeconds: number): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    // With a listener Node keeps the connection open while the response is still being produced.
    reply.raw.on('timeout', () => void (reply.raw.headersSent && request.raw.socket.destroy()));
    done();
  });

  fastify.addHook('onSend', (request, reply, payload, done) => {
    const { socket } = request.raw;
    // Node counts progress of writes as activity (https://nodejs.org/api/net.html#socketsettimeouttimeout-callback).
    if (socket instanceof Socket) socket.setTimeout(idleSeconds * 1000);
    const bytes = request.method === 'HEAD' ? 0 : bytesOf(payload, request);
    if (bytes <= SMALL) return done(null, payload);
    const share = shareOf(request.caller);
    const release = isRead(request) ? admission.reserve(share, bytes) : admission.reserveInShare(share, bytes);
    if (release) {
      whenSent(request, reply, release);
      closeWhenSlow(request, reply, { bytes: SMALL, seconds: idleSeconds });
      return done(null, payload);
    }
    if (isRead(request)) {
      for (const name of RESOURCE_HEADERS) reply.removeHeader(name);
      return done(new Refusal('tooManyRequests', 'Too many responses are unread. Read them, then retry this request.'));
    }
    // RFC 7644 §3.5.2: the response to a PATCH may have no body.
    if (request.method === 'PATCH' && request.caller?.kind === 'scim' && reply.statusCode === 200) {
      reply.code(204).removeHeader('content-type');
      return done(null, null);
    }
    closeWhenSlow(request, reply, { bytes: SMALL, seconds: OVER_SHARE_SECONDS });
    done(null, payload);
  });
}

/** Streamed lists and groups have at most one page in memory; event streams have their own limit. */
function bytesOf(payload: unknown, { caller }: FastifyRequest): number {
  if (typeof payload === 'string' || Buffer.isBuffer(payload)) return Buffer.byteLength(payload);
  return payload instanceof Readable && caller?.kind === 'scim' ? LIST_BYTES : 0;
}

const isRead = ({ method, routeOptions }: FastifyRequest): boolean =>
  method === 'GET' || (routeOptions.url?.endsWith('/.search') ?? false);
