import { type Socket } from 'node:net';
import { Refusal } from '@tidegate/contracts';
import { type Logger } from '@tidegate/observability';
import { type FastifyInstance } from 'fastify';
import { Throttle } from '../limits/throttle.limiter.js';
import { clientOf, siteOf } from '../http/network.rule.js';
import { evictOldest } from '../limits/evict-oldest.js';
import { whenSent } from '../http/when-sent.js';

/** Share of connections reserved for addresses that have sent an authenticated call. */
const RESERVED = 0.1;
/** Maximum open requests of one connection. HTTP clients pipeline few requests, proxies none. */
const MAX_OPEN_REQUESTS = 32;
const MAX_IDENTIFIED = 10_000;
const LOG_EVERY_MS = 60_000;

interface ConnectionLimits {
  /** Maximum number of open connections. */
  max: number;
  /** Maximum open connections per client address; behind a proxy, which shares connections, maximum open requests. */
  maxPerClient: number;
  behindProxy: boolean;
  logger: Logger;
}

/**
 * Limits connections in total and per client, an IPv4 address or an IPv6 /64. Connections above a limit are closed
 * immediately; requests above it get 429.
 */
export function limitConnections(
  fastify: FastifyInstance,
  { max, maxPerClient, behindProxy, logger }: ConnectionLimits,
): void {
  const { server } = fastify;
  server.maxConnections = max;
  const open = new Map<Socket, string>();
  const perClient = new Counts();
  const identified = new Set<string>();
  const logs = new Throttle(LOG_EVERY_MS, MAX_IDENTIFIED);
  const log = (address: string) => {
    const network = siteOf(address);
    if (logs.isDue(network)) logger.warn({ network }, 'Connection limit of a client address reached');
  };

  server.on('connection', (socket: Socket) => {
    const { remoteAddress = '' } = socket;
    const client = clientOf(remoteAddress);
    const isOver = !behindProxy && perClient.get(client) >= maxPerClient;
    if (isOver) log(remoteAddress);
    if (isOver || (open.size >= max * (1 - RESERVED) && !identified.has(client))) return void socket.destroy();
    socket.setMaxListeners(10 * MAX_OPEN_REQUESTS); // each request adds listeners
    open.set(socket, client);
    perClient.add(client, 1);
    socket.once('close', () => {
      open.delete(socket);
      perClient.add(client, -1);
    });
  });

  limitPipelines();
  if (behindProxy) limitRequests();

  fastify.addHook('onResponse', (request, _reply, done) => {
    const client = request.caller && open.get(request.raw.socket);
    if (client !== undefined) remember(client);
    done();
  });

  /** Pipelined requests wait in memory, and most of them count toward no other limit. */
  function limitPipelines(): void {
    const openRequests = new WeakMap<Socket, number>();
    fastify.addHook('onRequest', (request, reply, done) => {
      const { socket } = request.raw;
      const count = (by: number) => {
        const now = (openRequests.get(socket) ?? 0) + by;
        openRequests.set(socket, now);
        return now;
      };
      if (count(1) > MAX_OPEN_REQUESTS) socket.destroy();
      whenSent(request, reply, () => void count(-1));
      done();
    });
  }

  function limitRequests(): void {
    const running = new Counts();
    fastify.addHook('onRequest', (request, reply, done) => {
      const client = clientOf(request.ip);
      if (running.get(client) >= maxPerClient) {
        log(request.ip);
        return done(new Refusal('tooManyRequests', 'Too many open requests from your address. Retry this one later.'));
      }
      running.add(client, 1);
      whenSent(request, reply, () => running.add(client, -1));
      done();
    });
  }

  /** Makes the address the newest. */
  function remember(client: string): void {
    identified.delete(client);
    evictOldest(identified, MAX_IDENTIFIED);
    identified.add(client);
  }
}

/** Counters by key; keys with count 0 are removed. */
class Counts {
  private readonly counts = new Map<string, number>();

  get(key: string): number {
    return this.counts.get(key) ?? 0;
  }

  add(key: string, by: number): void {
    const count = this.get(key) + by;
    if (count === 0) this.counts.delete(key);
    else this.counts.set(key, count);
  }
}
