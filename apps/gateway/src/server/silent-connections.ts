import { type Socket } from 'node:net';
import { type FastifyInstance } from 'fastify';

/** Time to receive data in transit before a connection counts as idle. */
const GRACE_MS = 100;

/**
 * Closes idle connections at shutdown. Node closes connections between requests itself
 * (https://nodejs.org/api/http.html#serverclosecallback), but treats connections without a complete request as active and
 * no longer times them out. Requests in progress are completed.
 */
export function closeIdleConnections(fastify: FastifyInstance): void {
  /** Number of unanswered requests per connection. */
  const unanswered = new Map<Socket, number>();
  const count = (socket: Socket, by: number) => {
    const requests = unanswered.get(socket);
    if (requests !== undefined) unanswered.set(socket, requests + by);
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
    // Repeated, because clients can connect until the server stops listening.
    const again = setInterval(end, GRACE_MS);
    fastify.server.once('close', () => clearInterval(again));
    done();
  });
}
