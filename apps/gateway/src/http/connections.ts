import { type Socket } from 'node:net';
import { Refusal } from '@tidegate/contracts';
import { type Logger } from '@tidegate/observability';
import { type FastifyInstance } from 'fastify';
import { Throttle } from '../activity/throttle.js';
import { clientOf, siteOf } from '../auth/network.rule.js';
import { whenSent } from './when-sent.js';

/** The part of all connections that is kept for addresses whose callers were identified before. */
const RESERVED = 0.1;
/** Requests of one connection that are not answered yet. HTTP clients that pipeline send few; proxies do not pipeline. */
const MOST_UNANSWERED = 32;
const MOST_KNOWN = 10_000;
const LOG_EVERY_MS = 60_000;

interface ConnectionLimits {
  /** Of connections at once. */
  most: number;
  /** Of one client address: connections at once; behind a proxy, whose connections are everyone's, requests at once. */
  mostOfOneClient: number;
  behindProxy: boolean;
  logger: Logger;
}

/**
 * Limits what one client address may hold, so that its connections do not keep others out. A client is an IPv4 address or
 * a /64 of IPv6. A connection beyond a limit is closed at once; a request beyond it gets 429.
 */
export function limitConnections(
  fastify: FastifyInstance,
  { most, mostOfOneClient, behindProxy, logger }: ConnectionLimits,
): void {
  const { server } = fastify;
  server.maxConnections = most;
  const open = new Map<Socket, string>();
  const held = new Counts();
  const known = new Set<string>();
  const logs = new Throttle(LOG_EVERY_MS, MOST_KNOWN);
  const log = (address: string) => {
    const network = siteOf(address);
    if (logs.isDue(network)) logger.warn({ network }, 'A client address has reached its limit of connections');
  };

  server.on('connection', (socket: Socket) => {
    const { remoteAddress = '' } = socket;
    const client = clientOf(remoteAddress);
    const isOver = !behindProxy && held.of(client) >= mostOfOneClient;
    if (isOver) log(remoteAddress);
    if (isOver || (open.size >= most * (1 - RESERVED) && !known.has(client))) return void socket.destroy();
    socket.setMaxListeners(10 * MOST_UNANSWERED); // each request listens for its end
    open.set(socket, client);
    held.add(client, 1);
    socket.once('close', () => {
      open.delete(socket);
      held.add(client, -1);
    });
  });

  limitPipelines();
  if (behindProxy) limitRequests();

  fastify.addHook('onResponse', (request, _reply, done) => {
    const client = request.caller && open.get(request.raw.socket);
    if (client !== undefined) remember(client);
    done();
  });

  /** What waits behind other requests of its connection is in memory, and most of it in no other limit. */
  function limitPipelines(): void {
    const unanswered = new WeakMap<Socket, number>();
    fastify.addHook('onRequest', (request, reply, done) => {
      const { socket } = request.raw;
      const count = (by: number) => {
        const now = (unanswered.get(socket) ?? 0) + by;
        unanswered.set(socket, now);
        return now;
      };
      if (count(1) > MOST_UNANSWERED) socket.destroy();
      whenSent(request, reply, () => void count(-1));
      done();
    });
  }

  function limitRequests(): void {
    const running = new Counts();
    fastify.addHook('onRequest', (request, reply, done) => {
      const client = clientOf(request.ip);
      if (running.of(client) >= mostOfOneClient) {
        log(request.ip);
        return done(new Refusal('tooManyRequests', 'Your address has too many requests open. Send this one again.'));
      }
      running.add(client, 1);
      whenSent(request, reply, () => running.add(client, -1));
      done();
    });
  }

  /** The set keeps the order of insertion: the address that was quiet for longest goes first. */
  function remember(client: string): void {
    known.delete(client);
    const [oldest] = known.size >= MOST_KNOWN ? known : [];
    if (oldest !== undefined) known.delete(oldest);
    known.add(client);
  }
}

/** Numbers by key; a key whose number is 0 takes no memory. */
class Counts {
  private readonly counts = new Map<string, number>();

  of(key: string): number {
    return this.counts.get(key) ?? 0;
  }

  add(key: string, by: number): void {
    const count = this.of(key) + by;
    if (count === 0) this.counts.delete(key);
    else this.counts.set(key, count);
  }
}
