import { type FastifyReply, type FastifyRequest } from 'fastify';

/**
 * Calls `then` once, when the response was written or the connection closed. Listens to the socket too, because a
 * response queued behind another one of a pipeline gets no event.
 */
export function whenSent({ raw: { socket } }: FastifyRequest, { raw }: FastifyReply, then: () => void): void {
  if (socket.destroyed) return then();
  const once = () => {
    raw.off('close', once);
    socket.off('close', once);
    then();
  };
  raw.once('close', once);
  socket.once('close', once);
}
