import { Refusal } from '@tidegate/contracts';
import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { HUGE_BYTES } from '../scim/lane.rule.js';
import { recentIntegrations } from '../recent-keys.js';
import { type Pause, KeyedSemaphore } from '../keyed-semaphore.js';

/** Long bodies of one integration that are received and parsed at once, and huge ones beside them. */
const LONG_AT_ONCE = 2;
const HUGE_AT_ONCE = 1;
/** Shorter bodies are received at once: reading them takes a millisecond. */
const SMALL_BYTES = 8 * 1024;
/** A sender that waits longer is refused. The server ends a request that was not received within 60 seconds. */
const WAIT_MS = 50_000;
/** See `KeyedSemaphore`. */
const REST: Pause = { times: 4, maxMs: 1000 };

/**
 * Limits how many long bodies of one integration are received and parsed at once. The rest stays with its sender, so that
 * it takes neither time nor memory of the process from other integrations.
 */
export function limitLongBodies(fastify: FastifyInstance): void {
  const long = new KeyedSemaphore(LONG_AT_ONCE, REST, recentIntegrations);
  const huge = new KeyedSemaphore(HUGE_AT_ONCE, REST, recentIntegrations);
  fastify.decorateRequest('bodyRead');

  fastify.addHook('preParsing', async (request, reply, payload) => {
    const { caller, raw } = request;
    const bytes = announcedBytes(request);
    if (caller?.kind !== 'scim' || bytes <= SMALL_BYTES) return payload;
    const semaphore = bytes > HUGE_BYTES ? huge : long;
    await new Promise<void>((begin, refuse) => {
      const receive = () =>
        new Promise<void>((end) => {
          request.bodyRead = end;
          reply.raw.once('close', end);
          if (raw.destroyed || reply.raw.destroyed) end(); // the sender gave up while it waited
          begin();
        });
      semaphore.run(caller.integrationId, Date.now() + WAIT_MS, receive).catch(refuse);
    });
    if (raw.destroyed) throw new Refusal('invalidSyntax', 'The body ended before it was complete.');
    return payload;
  });

  fastify.addHook('preValidation', (request, _reply, done) => {
    request.bodyRead?.();
    done();
  });
}

/** A body in chunks does not announce its length, and may be of any. */
function announcedBytes({ headers }: FastifyRequest): number {
  return headers['transfer-encoding'] === undefined ? Number(headers['content-length'] ?? 0) : Infinity;
}
