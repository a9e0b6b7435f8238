import { Socket } from 'node:net';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Drain, isTooSlow } from './drain.rule.js';
import { whenSent } from './when-sent.js';

/** How fast an answer must be read at least. */
export interface LeastPace {
  bytes: number;
  seconds: number;
}

/**
 * Closes the connection of an answer whose reader takes less than the least pace while there is something to take. It is
 * noticed within three times those seconds. Without it a byte now and then would keep an answer in memory for ever.
 */
export function closeWhenSlow(request: FastifyRequest, reply: FastifyReply, { bytes, seconds }: LeastPace): void {
  const { socket } = request.raw;
  if (!(socket instanceof Socket)) return;
  let before = drainOf(socket);
  const watch = setInterval(() => {
    const now = drainOf(socket);
    if (isTooSlow(before, now, bytes)) socket.destroy();
    before = now;
  }, seconds * 1000).unref();
  whenSent(request, reply, () => clearInterval(watch));
}

/**
 * Node tells of a write only when the system has taken all of it, and an answer may be one write. Its handle knows how much
 * is left, as Node's own timeout of sockets asks it (lib/net.js, `_onTimeout`).
 */
function drainOf(socket: Socket): Drain {
  const { _handle: handle } = socket as { _handle?: { bytesWritten: number; writeQueueSize: number } | null };
  if (!handle) return { taken: 0, waiting: 0 };
  return { taken: handle.bytesWritten - handle.writeQueueSize, waiting: handle.writeQueueSize };
}
