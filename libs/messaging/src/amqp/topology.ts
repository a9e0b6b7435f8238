import {
  EVENTS,
  type EventName,
  type Lane,
  LANES,
  receivesCommands,
  SERVICES,
  type Service,
} from '@tidegate/contracts';
import { type Channel } from 'amqplib';

/** Names of exchanges and queues; the prefix keeps two systems on one broker apart. */
export class Names {
  constructor(private readonly prefix = '') {}

  readonly commands = `${this.prefix}tidegate.commands`;
  readonly events = `${this.prefix}tidegate.events`;
  readonly deadLetters = `${this.prefix}tidegate.dead-letters`;

  /** `identity.commands`, `access-flow.events.urgent` … */
  queue(service: Service, kind: 'commands' | 'events', lane: Lane): string {
    return `${this.prefix}${service}.${kind}${lane === 'urgent' ? '.urgent' : ''}`;
  }

  /** Where the events go that a service could not take. */
  deadLetterQueue(service: Service): string {
    return `${this.prefix}${service}.dead-letters`;
  }
}

/**
 * Everything is declared explicitly, so that RabbitMQ 3.10 to 4.x behave alike: quorum queues (a durable classic queue
 * dies with its node), a delivery limit against messages that crash their worker, and for events at-least-once
 * dead-lettering, which needs reject-publish (https://www.rabbitmq.com/docs/quorum-queues#dead-lettering).
 */
const COMMAND_QUEUE = { 'x-queue-type': 'quorum', 'x-delivery-limit': 3 };
const eventQueue = (names: Names, service: Service) => ({
  'x-queue-type': 'quorum',
  'x-delivery-limit': 20,
  'x-overflow': 'reject-publish',
  'x-dead-letter-strategy': 'at-least-once',
  'x-dead-letter-exchange': names.deadLetters,
  'x-dead-letter-routing-key': service,
});
/** An operator who looks at a dead-lettered event puts it back: that must not use it up. */
const DEAD_LETTER_QUEUE = { 'x-queue-type': 'quorum', 'x-delivery-limit': 1_000_000 };

/** Events that a service must hear, by lane. */
function subscriptionsOf(service: Service, lane: Lane): EventName[] {
  return (Object.keys(EVENTS) as EventName[]).filter(
    (name) => EVENTS[name].subscribers.includes(service) && (EVENTS[name].urgent ? 'urgent' : 'normal') === lane,
  );
}

export const subscribesToEvents = (service: Service): boolean =>
  LANES.some((lane) => subscriptionsOf(service, lane).length > 0);

/**
 * Declares the whole system's exchanges, queues and bindings. Every service does so before it sends, so that a message
 * for a service that was never started waits for it.
 */
export async function declareTopology(channel: Channel, names: Names): Promise<void> {
  await channel.assertExchange(names.commands, 'direct', { durable: true });
  await channel.assertExchange(names.events, 'topic', { durable: true });
  await channel.assertExchange(names.deadLetters, 'direct', { durable: true });
  for (const service of SERVICES) {
    if (subscribesToEvents(service)) {
      const deadLetters = names.deadLetterQueue(service);
      await channel.assertQueue(deadLetters, { durable: true, arguments: DEAD_LETTER_QUEUE });
      await channel.bindQueue(deadLetters, names.deadLetters, service);
    }
    for (const lane of LANES) {
      if (receivesCommands(service)) {
        const commands = names.queue(service, 'commands', lane);
        await channel.assertQueue(commands, { durable: true, arguments: COMMAND_QUEUE });
        await channel.bindQueue(commands, names.commands, commands);
      }
      if (!subscribesToEvents(service)) continue;
      const events = names.queue(service, 'events', lane);
      await channel.assertQueue(events, { durable: true, arguments: eventQueue(names, service) });
      for (const name of subscriptionsOf(service, lane)) {
        // One subscriber of an event takes it from the exchange; the others' queues are published to (see `Sender.deliver`).
        if (EVENTS[name].subscribers[0] === service && !EVENTS[name].internal)
          await channel.bindQueue(events, names.events, `${name}.*`);
        else await channel.unbindQueue(events, names.events, `${name}.*`); // bound by versions before 0.2
      }
    }
  }
}
