import {
  EVENTS,
  type EventName,
  type Lane,
  LANES,
  receivesCommands,
  SERVICES,
  type Service,
} from '@tidegate/contracts';
import { StartError } from '@tidegate/runtime';
import { type Channel, type ChannelModel } from 'amqplib';
import { type Exchange, type Names } from './names.js';
import { rightsOf, subscribesToEvents } from './rights.rule.js';

/**
 * All arguments are explicit, because the defaults of RabbitMQ 3.10 to 4.x differ. Quorum queues survive the loss of a
 * node. The delivery limit drops messages that crash their worker. At-least-once dead-lettering of events requires
 * `reject-publish` (https://www.rabbitmq.com/docs/quorum-queues#dead-lettering).
 */
const COMMAND_QUEUE = { 'x-queue-type': 'quorum', 'x-delivery-limit': 3 };
const eventQueue = (deadLetters: string) => ({
  'x-queue-type': 'quorum',
  'x-delivery-limit': 20,
  'x-overflow': 'reject-publish',
  'x-dead-letter-strategy': 'at-least-once',
  'x-dead-letter-exchange': deadLetters,
  'x-dead-letter-routing-key': DEAD_LETTER,
});
/** Each `list` of the dead letters counts as a delivery, so the limit is high. */
const DEAD_LETTER_QUEUE = { 'x-queue-type': 'quorum', 'x-delivery-limit': 1_000_000 };

/** Routing keys of a dead-letter exchange: to the dead-letter queue, and back to the subscriber's queue of a lane. */
export const DEAD_LETTER = 'dead-letter';
export const REDRIVE: Record<Lane, string> = { normal: 'redrive', urgent: 'redrive.urgent' };

/** @returns the lane of an event, `normal` if this release does not know the name */
export const laneOf = (name: string): Lane => (EVENTS[name as EventName]?.urgent ? 'urgent' : 'normal');

/** @returns the events of a lane to which a service subscribes */
function subscriptionsOf(service: Service, lane: Lane): EventName[] {
  return (Object.keys(EVENTS) as EventName[]).filter(
    (name) => EVENTS[name].subscribers.includes(service) && laneOf(name) === lane,
  );
}

/**
 * Checks the exchanges that a process uses, and declares missing ones.
 *
 * @param service of the process; undefined: all services, and their queues are declared too
 * @throws StartError with the name of a missing exchange that the user cannot declare, or of a queue with other arguments
 */
export async function prepareBroker(model: ChannelModel, names: Names, service: Service | undefined): Promise<void> {
  const services = service ? [service] : SERVICES;
  const exchanges = new Map(services.flatMap((each) => rightsOf(each, names)).map((each) => [each.name, each]));
  for (const exchange of exchanges.values()) await ensureExchange(model, exchange);
  if (!service) for (const each of SERVICES) await declareQueues(model, names, each);
}

/**
 * Declares the queues of a service and binds them to its exchanges. A repeat restores removed queues and bindings.
 *
 * @throws StartError with the name of a queue that exists with other arguments; Error if the broker refuses or is
 *   unavailable
 */
export async function declareQueues(model: ChannelModel, names: Names, service: Service): Promise<void> {
  await withChannel(model, async (channel) => {
    if (receivesCommands(service))
      for (const lane of LANES) {
        const queue = names.queue(service, 'commands', lane);
        await declareQueue(channel, queue, COMMAND_QUEUE);
        await channel.bindQueue(queue, names.commandsOf(service), `${lane}.#`);
      }
    if (!subscribesToEvents(service)) return;
    const deadLetters = names.deadLettersOf(service);
    for (const lane of LANES) {
      const queue = names.queue(service, 'events', lane);
      await declareQueue(channel, queue, eventQueue(deadLetters));
      for (const name of subscriptionsOf(service, lane))
        await channel.bindQueue(queue, names.eventsOf(service), `${name}.*`);
    }
    await declareQueue(channel, names.deadLetterQueue(service), DEAD_LETTER_QUEUE);
    await channel.bindQueue(names.deadLetterQueue(service), deadLetters, DEAD_LETTER);
    for (const lane of LANES) await channel.bindQueue(names.queue(service, 'events', lane), deadLetters, REDRIVE[lane]);
  });
}

async function declareQueue(channel: Channel, queue: string, args: object): Promise<void> {
  await channel.assertQueue(queue, { durable: true, arguments: args }).catch((error: unknown) => {
    if (codeOf(error) !== 406) throw error;
    throw new StartError(
      `The queue ${queue} in RabbitMQ has other arguments than this release declares. ` +
        'Delete the queue when it is empty: see "Upgrade notes" in CHANGELOG.md.',
    );
  });
}

async function ensureExchange(model: ChannelModel, { name, type }: Exchange): Promise<void> {
  try {
    // A passive check: declaring an existing exchange requires a right that services lack.
    await withChannel(model, (channel) => channel.checkExchange(name));
  } catch (error) {
    if (codeOf(error) !== 404) throw error;
    await withChannel(model, (channel) => channel.assertExchange(name, type, { durable: true })).catch(refused(name));
  }
}

const refused = (exchange: string) => (error: unknown) => {
  if (codeOf(error) !== 403) throw error;
  throw new StartError(
    `The exchange ${exchange} does not exist in RabbitMQ, and this user lacks the right to declare it: ` +
      'load the definitions file into the broker (see "RabbitMQ" in docs/operations.md).',
  );
};

/** Runs `work` on its own channel, because a refusal closes the channel. */
async function withChannel(model: ChannelModel, work: (channel: Channel) => Promise<unknown>): Promise<void> {
  const channel = await model.createChannel();
  channel.on('error', () => undefined); // the call of `work` rejects with it
  await work(channel);
  await channel.close();
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null)?.code;
