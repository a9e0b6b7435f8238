import { type Command, type Event, EVENTS, receiverOf, Refusal, type Service } from '@tidegate/contracts';
import { setTimeout as delay } from 'node:timers/promises';
import { logErrors, messageOf } from '../handling.js';
import { GRACE_MS } from '../asking.js';
import { MessageClient } from '../client.js';
import {
  type Delivery,
  type EventPublisher,
  type OnDeadLetter,
  type OnIgnored,
  type Prefetch,
  type Transport,
} from '../transport.js';
import { encodeCommand, encodeEvent, encodeReply, openReply } from '../wire.js';
import { InProcessServer } from './in-process.server.js';

/**
 * Messages in one process. They are JSON, with the same envelopes, limits and deadlines as over RabbitMQ. An event stays in
 * the publisher's outbox until its subscribers have committed.
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
    if (!reply) throw new Refusal('deadline', 'The receiver did not reply in time.');
    return openReply(encodeReply(reply));
  };

  const publisher: EventPublisher = {
    destinations: (event: Event) => EVENTS[event.name].subscribers,
    deliver: async (event: Event, subscriber: string): Promise<Delivery> => {
      const server = servers.get(subscriber as Service);
      if (!server?.isListening) return { outcome: 'unavailable', reason: `${subscriber} is not running` };
      try {
        return await server.event(encodeEvent(event));
      } catch (error) {
        return { outcome: 'failed', reason: messageOf(error) };
      }
    },
  };

  return {
    server: (service: Service, prefetch: Prefetch, _: OnDeadLetter, onIgnored: OnIgnored) => {
      const server = new InProcessServer(prefetch, { service, onError, onIgnored });
      servers.set(service, server);
      return server;
    },
    client: (service: Service) => new MessageClient(service, attempt, publisher),
    publisher: () => publisher,
    check: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}
