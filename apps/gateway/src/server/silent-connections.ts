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
  /** Number of open requests per connection. */
  const openRequests = new Map<Socket, number>();
  const count = (socket: Socket, by: number) => {
    const requests = openRequests.get(socket);
    if (requests !== undefined) openRequests.set(socket, requests + by);
  };
  fastify.server.on('connection', (socket) => {
    openRequests.set(socket, 0);
    socket.once('close', () => openRequests.delete(socket));
  });
  fastify.server.on('request', ({ socket }, response) => {
    count(socket, 1);
    response.once('close', () => count(socket, -1));
  });
  fastify.addHook('preClose', (done) => {
    if (!fastify.server.listening) return done();
    const end = () => openRequests.forEach((requests, socket) => requests === 0 && socket.destroy());
    // Repeated, because clients can connect until the server stops listening.
    const again = setInterval(end, GRACE_MS);
    fastify.server.once('close', () => clearInterval(again));
    done();
  });
}
