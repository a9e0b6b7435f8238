import { FACTS, type FactName, type Lane, LANES, receivesCommands, SERVICES, type Service } from '@tidegate/contracts';
import { type Channel } from 'amqplib';

/** Names of exchanges and queues; the prefix keeps two systems on one broker apart. */
export class Names {
  constructor(private readonly prefix = '') {}

  readonly commands = `${this.prefix}tidegate.commands`;
  readonly facts = `${this.prefix}tidegate.facts`;
  readonly quarantine = `${this.prefix}tidegate.quarantine`;

  /** `identity.commands`, `access-flow.facts.urgent` … */
  queue(service: Service, kind: 'commands' | 'facts', lane: Lane): string {
    return `${this.prefix}${service}.${kind}${lane === 'urgent' ? '.urgent' : ''}`;
  }

  /** Where the facts go that a service could not take. */
  quarantineQueue(service: Service): string {
    return `${this.prefix}${service}.quarantine`;
  }
}

/**
 * Everything is declared explicitly, so that RabbitMQ 3.10 to 4.x behave alike: quorum queues (a durable classic queue
 * dies with its node), a delivery limit against messages that crash their worker, and for facts at-least-once
 * dead-lettering, which needs reject-publish (https://www.rabbitmq.com/docs/quorum-queues#dead-lettering).
 */
const COMMAND_QUEUE = { 'x-queue-type': 'quorum', 'x-delivery-limit': 3 };
const factQueue = (names: Names, service: Service) => ({
  'x-queue-type': 'quorum',
  'x-delivery-limit': 20,
  'x-overflow': 'reject-publish',
  'x-dead-letter-strategy': 'at-least-once',
  'x-dead-letter-exchange': names.quarantine,
  'x-dead-letter-routing-key': service,
});
/** An operator who looks at a quarantined fact puts it back: that must not use it up. */
const QUARANTINE_QUEUE = { 'x-queue-type': 'quorum', 'x-delivery-limit': 1_000_000 };

/** Facts that a service must hear, by lane. */
function heardBy(service: Service, lane: Lane): FactName[] {
  return (Object.keys(FACTS) as FactName[]).filter(
    (name) => FACTS[name].hearers.includes(service) && (FACTS[name].urgent ? 'urgent' : 'normal') === lane,
  );
}

export const hearsFacts = (service: Service): boolean => LANES.some((lane) => heardBy(service, lane).length > 0);

/**
 * Declares the whole system's exchanges, queues and bindings. Every service does so before it sends, so that a message
 * for a service that was never started waits for it.
 */
export async function declareTopology(channel: Channel, names: Names): Promise<void> {
  await channel.assertExchange(names.commands, 'direct', { durable: true });
  await channel.assertExchange(names.facts, 'topic', { durable: true });
  await channel.assertExchange(names.quarantine, 'direct', { durable: true });
  for (const service of SERVICES) {
    if (hearsFacts(service)) {
      const quarantine = names.quarantineQueue(service);
      await channel.assertQueue(quarantine, { durable: true, arguments: QUARANTINE_QUEUE });
      await channel.bindQueue(quarantine, names.quarantine, service);
    }
    for (const lane of LANES) {
      if (receivesCommands(service)) {
        const commands = names.queue(service, 'commands', lane);
        await channel.assertQueue(commands, { durable: true, arguments: COMMAND_QUEUE });
        await channel.bindQueue(commands, names.commands, commands);
      }
      if (!hearsFacts(service)) continue;
      const facts = names.queue(service, 'facts', lane);
      await channel.assertQueue(facts, { durable: true, arguments: factQueue(names, service) });
      for (const name of heardBy(service, lane)) {
        // One hearer of a fact takes it from the exchange; the others' queues are published to (see `Sender.deliver`).
        if (FACTS[name].hearers[0] === service) await channel.bindQueue(facts, names.facts, `${name}.*`);
        else await channel.unbindQueue(facts, names.facts, `${name}.*`); // bound by versions before 0.2
      }
    }
  }
}

/** `user.deactivated.<integration id>`: other teams may bind to one fact, or to one integration. */
export const factRoutingKey = (name: FactName, integrationId: string): string => `${name}.${integrationId}`;
