import { type Socket } from 'node:net';
import { type FastifyInstance } from 'fastify';

/** Time for what is on its way to be read, before a connection counts as silent. */
const GRACE_MS = 100;

/**
 * Lets the server close without waiting for connections that ask nothing. Node ends at once those that wait for their
 * next request (https://nodejs.org/api/http.html#serverclosecallback), but one that never sent a request, or only half
 * of its head, counts as active, and nothing times it out any more. Requests that have come in are still answered.
 */
export function endSilentConnections(fastify: FastifyInstance): void {
  /** How many requests of each connection are not answered yet. */
  const unanswered = new Map<Socket, number>();
  const count = (socket: Socket, by: number) => {
    const known = unanswered.get(socket);
    if (known !== undefined) unanswered.set(socket, known + by);
  };
  fastify.server.on('connection', (socket) => {
    unanswered.set(socket, 0);
    socket.once('close', () => unanswered.delete(socket));
  });
  fastify.server.on('request', ({ socket }, response) => {
    count(socket, 1);
    response.once('close', () => count(socket, -1));
  });
  fastify.addHook('preClose', (done) => {
    if (!fastify.server.listening) return done();
    const end = () => unanswered.forEach((requests, socket) => requests === 0 && socket.destroy());
    // Again and again: one may still connect until the server has stopped to listen.
    const again = setInterval(end, GRACE_MS);
    fastify.server.once('close', () => clearInterval(again));
    done();
  });
}
