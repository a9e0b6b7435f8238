import { Refusal } from '@tidegate/contracts';
import { type FastifyInstance } from 'fastify';
import { SHORT_BYTES } from '../http/read-in-turn.js';
import { whenSent } from '../http/when-sent.js';
import { HUGE_BYTES } from '../limits/lane.rule.js';
import { recentIntegrations } from '../limits/recent-keys.limiter.js';
import { type Cooldown, KeyedSemaphore } from '../limits/keyed-semaphore.limiter.js';

/** Concurrent long and huge bodies of one integration. */
const LONG_CONCURRENCY = 2;
const HUGE_CONCURRENCY = 1;
/** Below the request timeout of 60 seconds. */
const WAIT_MS = 50_000;
/** See `KeyedSemaphore`. */
const COOLDOWN: Cooldown = { factor: 4, maxMs: 1000 };

/**
 * Limits concurrent receiving and parsing of long bodies of one integration. Waiting bodies are not read from the socket,
 * so that they use no memory.
 */
export function limitLongBodies(fastify: FastifyInstance): void {
  const long = new KeyedSemaphore(LONG_CONCURRENCY, COOLDOWN, recentIntegrations);
  const huge = new KeyedSemaphore(HUGE_CONCURRENCY, COOLDOWN, recentIntegrations);
  fastify.decorateRequest('bodyRead');

  fastify.addHook('preParsing', async (request, reply, payload) => {
    const { caller, bodyBytes } = request;
    if (caller?.kind !== 'scim' || bodyBytes <= SHORT_BYTES) return payload;
    const semaphore = bodyBytes > HUGE_BYTES ? huge : long;
    await new Promise<void>((begin, refuse) => {
      const receive = () =>
        new Promise<void>((end) => {
          request.bodyRead = end;
          whenSent(request, reply, end); // also when its connection closes while it waits behind another response
          if (payload.destroyed || reply.raw.destroyed) end(); // the client disconnected while waiting
          begin();
        });
      semaphore.run(caller.integrationId, Date.now() + WAIT_MS, receive).catch(refuse);
    });
    if (payload.destroyed) throw new Refusal('invalidSyntax', 'The body ended before it was complete.');
    return payload;
  });

  fastify.addHook('preValidation', (request, _reply, done) => {
    request.bodyRead?.();
    done();
  });
}
