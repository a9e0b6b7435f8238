import { Socket } from 'node:net';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type WriteProgress, isTooSlow } from './drain.rule.js';
import { whenSent } from './when-sent.js';

/** Minimum rate at which a response must be read. */
export interface MinimumRate {
  bytes: number;
  seconds: number;
}

/**
 * Closes the connection when its client reads a response below the minimum rate while data is pending. Detection takes up
 * to three times `seconds`. Without this, a client that reads a byte at a time would keep a response in memory.
 */
export function closeWhenSlow(request: FastifyRequest, reply: FastifyReply, { bytes, seconds }: MinimumRate): void {
  const { socket } = request.raw;
  if (!(socket instanceof Socket)) return;
  let before = progressOf(socket);
  const watch = setInterval(() => {
    const now = progressOf(socket);
    if (isTooSlow(before, now, bytes)) socket.destroy();
    before = now;
  }, seconds * 1000).unref();
  whenSent(request, reply, () => clearInterval(watch));
}

/**
 * Reads the progress from the handle of the socket, as Node does (lib/net.js, `_onTimeout`): events report only complete
 * writes, and a response can be a single write.
 */
function progressOf(socket: Socket): WriteProgress {
  const { _handle: handle } = socket as { _handle?: { bytesWritten: number; writeQueueSize: number } | null };
  if (!handle) return { sent: 0, pending: 0 };
  return { sent: handle.bytesWritten - handle.writeQueueSize, pending: handle.writeQueueSize };
}
