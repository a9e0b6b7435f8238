import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { LIST_BYTES, Refusal } from '@tidegate/contracts';
import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { type AdmissionControl } from '../scim/admission-control.js';
import { shareOf } from './share.rule.js';
import { closeWhenSlow } from './slow-readers.js';
import { whenSent } from './when-sent.js';

/** A shorter answer is not counted: the buffers of the system take it at once. */
const SMALL = 16 * 1024;
/** An answer beyond the share of its caller must be read in this time. */
const BEYOND_SECONDS = 1;
/** Headers about the resource that a refusal does not show. */
const OF_RESOURCE = ['etag', 'location', 'content-location'];

/**
 * Counts the bytes of answers against the budget until they are sent: whoever does not read its answers is refused the
 * next ones. A write is answered in any case. A connection that takes nothing of an answer is closed, and
 * one that takes less than 16 KiB of a counted answer.
 * @param idleSeconds in which time; it is noticed within three times as much
 */
export function holdUnsentAnswers(fastify: FastifyInstance, room: AdmissionControl, idleSeconds: number): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    // With a listener Node leaves the connection open, which an answer still in the making needs.
    reply.raw.on('timeout', () => void (reply.raw.headersSent && request.raw.socket.destroy()));
    done();
  });

  fastify.addHook('onSend', (request, reply, payload, done) => {
    const { socket } = request.raw;
    // Node counts as activity what the other side takes of a write (https://nodejs.org/api/net.html#socketsettimeouttimeout-callback).
    if (socket instanceof Socket) socket.setTimeout(idleSeconds * 1000);
    const bytes = request.method === 'HEAD' ? 0 : bytesOf(payload, request);
    if (bytes <= SMALL) return done(null, payload);
    const share = shareOf(request.caller);
    if (isRead(request) && !room.hasRoom(share, bytes)) {
      for (const name of OF_RESOURCE) reply.removeHeader(name);
      return done(
        new Refusal('tooManyRequests', 'Too many answers are not read yet. Read them, then send this again.'),
      );
    }
    const release = room.hold(share, bytes);
    if (release) {
      whenSent(request, reply, release);
      closeWhenSlow(request, reply, { bytes: SMALL, seconds: idleSeconds });
      return done(null, payload);
    }
    // RFC 7644 §3.5.2: the answer to a PATCH may have no body.
    if (request.method === 'PATCH' && request.caller?.kind === 'scim' && reply.statusCode === 200) {
      reply.code(204).removeHeader('content-type');
      return done(null, null);
    }
    closeWhenSlow(request, reply, { bytes: SMALL, seconds: BEYOND_SECONDS });
    done(null, payload);
  });
}

/** A list or a group in pieces has at most a page in memory; a stream of events has its own limit. */
function bytesOf(payload: unknown, { caller }: FastifyRequest): number {
  if (typeof payload === 'string' || Buffer.isBuffer(payload)) return Buffer.byteLength(payload);
  return payload instanceof Readable && caller?.kind === 'scim' ? LIST_BYTES : 0;
}

const isRead = ({ method, routeOptions }: FastifyRequest): boolean =>
  method === 'GET' || (routeOptions.url?.endsWith('/.search') ?? false);
