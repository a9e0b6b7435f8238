import { type FastifyReply, type FastifyRequest } from 'fastify';

/**
 * Calls back once: when the system has taken the whole answer, or its connection is gone. The connection is watched too,
 * since Node tells nothing of it to an answer that waits behind another one of a pipeline.
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
