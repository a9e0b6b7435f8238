import { type Command, type Fact, FACTS, receiverOf, Refusal, type Service } from '@tidegate/contracts';
import { setTimeout as delay } from 'node:timers/promises';
import { logErrors, messageOf } from '../handling.js';
import { GRACE_MS } from '../asking.js';
import { MessageClient } from '../client.js';
import { type Delivery, type FactPublisher, type Prefetch, type Transport } from '../transport.js';
import { encodeCommand, encodeFact, encodeReply, openReply } from '../wire.js';
import { InProcessServer } from './in-process.server.js';

/**
 * Messages within one process. They are bytes here too, with the same envelopes, limits and deadlines as over RabbitMQ;
 * what a broker would keep is kept in the teller's outbox: a fact leaves it when its hearers have committed.
 */
export function inProcessTransport(): Transport {
  const onError = logErrors();
  const servers = new Map<Service, InProcessServer>();

  const attempt = async (command: Command): Promise<unknown> => {
    const left = command.deadlineAt - Date.now();
    const server = servers.get(receiverOf(command.name));
    if (!server?.isListening) throw new Refusal('unavailable', 'The receiver of this command is not running.');
    const bytes = encodeCommand(command);
    const late = new AbortController();
    const timeout = delay(left + GRACE_MS, undefined, { signal: late.signal }).catch(() => undefined);
    const reply = await Promise.race([server.command(bytes), timeout]).finally(() => late.abort());
    if (!reply) throw new Refusal('deadline', 'No answer came in time.');
    return openReply(encodeReply(reply));
  };

  const publisher: FactPublisher = {
    destinations: (fact: Fact) => FACTS[fact.name].hearers,
    deliver: async (fact: Fact, hearer: string): Promise<Delivery> => {
      const server = servers.get(hearer as Service);
      if (!server?.isListening) return { outcome: 'away', reason: `${hearer} is not running` };
      try {
        return await server.fact(encodeFact(fact));
      } catch (error) {
        return { outcome: 'failed', reason: messageOf(error) };
      }
    },
  };

  const client = new MessageClient(attempt, publisher);
  return {
    server: (service: Service, prefetch: Prefetch) => {
      const server = new InProcessServer(prefetch, onError);
      servers.set(service, server);
      return server;
    },
    client: () => client,
    publisher: () => publisher,
    check: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}
