import {
  type Command,
  EVENTS,
  type Event,
  fairnessKeyOf,
  receiverOf,
  Refusal,
  routingKeyOf,
  SERVICES,
  type Service,
} from '@tidegate/contracts';
import { type Channel, type ChannelModel, type Message, type Options, type RecoveringChannelModel } from 'amqplib';
import { traced } from '@tidegate/observability';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { GRACE_MS } from '../asking.js';
import { messageOf, type OnError } from '../handling.js';
import { COMMAND_SENT, EVENT_PUBLISHED } from '../spans.js';
import { type Delivery, type EventPublisher } from '../transport.js';
import {
  encodeCommand,
  encodeEvent,
  encodeReply,
  EVENT_CONTENT_TYPE,
  openReply,
  type Reply,
  traceHeaders,
} from '../wire.js';
import { ConfirmedChannel } from './confirmed-channel.js';
import { openConnection } from './connection.js';
import { commandRoutingKey, type Names } from './names.js';
import { sendsCommands } from './rights.rule.js';
import { prepareBroker, DEAD_LETTER } from './topology.js';

const RECONNECT_POLL_MS = 20;
/** The destination of each event besides its subscribers: the exchange to which other teams bind. */
const OTHER_TEAMS = 'other teams';
/** Contains the fairness key of a command, so its receiver can schedule it before decoding it. */
export const FAIRNESS_HEADER = 'x-fairness-key';

interface Waiting {
  settle: (reply: () => Promise<unknown>) => void;
}

/**
 * The connection of a process for publishing commands, replies and events. Messages are received on another connection, so
 * acknowledgements are not delayed when the broker blocks publishers.
 */
export class Sender implements EventPublisher {
  private connection?: RecoveringChannelModel;
  private rpc?: Channel;
  private confirmed?: ConfirmedChannel;
  private replyQueue = '';
  private readonly waiting = new Map<string, Waiting>();
  /** Encoded events: an event is published to several exchanges. */
  private readonly encoded = new WeakMap<Event, Buffer>();

  /** @param service of this process; undefined: all services */
  constructor(
    private readonly url: string,
    private readonly names: Names,
    private readonly service: Service | undefined,
    private readonly onError: OnError,
  ) {}

  /** @throws StartError if an exchange is missing; Error if the broker is unavailable */
  async connect(): Promise<void> {
    this.connection = await openConnection({
      url: this.url,
      name: 'tidegate publisher',
      setup: (model) => this.setup(model),
      onLost: (error) => this.lost(error),
    });
  }

  async check(): Promise<void> {
    if (!this.rpc || !this.confirmed) throw new Error('not connected to RabbitMQ');
  }

  async close(): Promise<void> {
    await this.confirmed?.channel.waitForConfirms().catch(() => undefined);
    await this.connection?.close();
    this.forget();
  }

  /** Sends a command once and waits for its reply. @throws Refusal; `unavailable` if the command can be sent again */
  attempt(command: Command): Promise<unknown> {
    const exchange = this.names.commandsOf(receiverOf(command.name));
    const routingKey = commandRoutingKey(command.name, command.urgent);
    return traced(COMMAND_SENT, { message: command, exchange, routingKey }, (trace) =>
      this.send(trace ? { ...command, ...trace } : command, exchange, routingKey),
    );
  }

  private send(command: Command, exchange: string, routingKey: string): Promise<unknown> {
    const left = command.deadlineAt - Date.now();
    if (left <= 0) return Promise.reject(new Refusal('deadline', 'The deadline of this command has passed.'));
    const rpc = this.rpc;
    if (!rpc) return brokerUnavailable();
    const bytes = encodeCommand(command);
    const correlationId = randomUUID();
    return new Promise((resolve) => {
      const settle = (reply: () => Promise<unknown>) => {
        clearTimeout(timer);
        this.waiting.delete(correlationId);
        resolve(reply());
      };
      const timer = setTimeout(
        () => settle(() => Promise.reject(new Refusal('deadline', 'The receiver did not reply in time.'))),
        left + GRACE_MS,
      );
      this.waiting.set(correlationId, { settle });
      const options = {
        correlationId,
        messageId: correlationId,
        replyTo: this.replyQueue,
        expiration: Math.ceil(left), // the broker drops a late command, because its caller no longer waits
        mandatory: true,
        persistent: true,
        contentType: 'application/json',
        type: command.name,
        headers: { [FAIRNESS_HEADER]: fairnessKeyOf(command), ...traceHeaders(command) },
      };
      try {
        rpc.publish(exchange, routingKey, bytes, options);
      } catch {
        settle(brokerUnavailable); // the channel is closing
      }
    });
  }

  /**
   * Sends the reply to a command. While there is no connection, it waits for one until the deadline. Without a reply the
   * caller gets a timeout.
   */
  async reply(to: Message, reply: Reply, deadlineAt: number): Promise<void> {
    const { replyTo, correlationId } = to.properties as { replyTo?: string; correlationId?: string };
    if (!replyTo) return;
    while (!this.rpc && Date.now() < deadlineAt) await delay(RECONNECT_POLL_MS);
    try {
      this.rpc?.publish(this.names.replies, replyTo, encodeReply(reply), {
        correlationId,
        contentType: 'application/json',
      });
    } catch (error) {
      this.onError('reply', error);
    }
  }

  destinations(event: Event): readonly string[] {
    const { subscribers, internal } = EVENTS[event.name];
    return internal ? subscribers : [...subscribers, OTHER_TEAMS];
  }

  /**
   * Publishes an event to the exchange of one subscriber, or to that of other teams. The broker reports only messages that
   * were routed to no queue, so each subscriber that must receive the event has its own exchange.
   * @returns the outcome; never rejects
   */
  async deliver(event: Event, destination: string): Promise<Delivery> {
    const forOthers = destination === OTHER_TEAMS;
    const exchange = forOthers ? this.names.events : this.names.eventsOf(destination as Service);
    const routingKey = routingKeyOf(event);
    try {
      await traced(EVENT_PUBLISHED, { message: event, exchange, routingKey }, async (trace) => {
        const outcome = await this.publish(trace ? { ...event, ...trace } : event, exchange, routingKey, !forOthers);
        // A full queue of another team must not delay events.
        if (outcome !== 'confirmed' && !forOthers)
          throw new Error(`no queue for ${event.name} is bound to ${exchange}`);
      });
      return { outcome: 'done' };
    } catch (error) {
      return { outcome: 'unavailable', reason: messageOf(error) };
    }
  }

  private publish(event: Event, exchange: string, routingKey: string, mandatory: boolean) {
    const headers = traceHeaders(event);
    const properties = { contentType: EVENT_CONTENT_TYPE, type: event.name, headers, mandatory, messageId: event.id };
    return this.connected().publish(exchange, routingKey, this.bytesOf(event), properties);
  }

  /** Publishes an event to the dead-letter queue of a service. @throws Error if the broker did not confirm it */
  async deadLetters(service: Service, content: Buffer, properties: Options.Publish): Promise<void> {
    const exchange = this.names.deadLettersOf(service);
    const { messageId = randomUUID() } = properties;
    const outcome = await this.connected().publish(exchange, DEAD_LETTER, content, {
      ...properties,
      messageId,
      mandatory: true,
    });
    if (outcome !== 'confirmed') throw new Error(`no dead-letter queue is bound to ${exchange}`);
  }

  private connected(): ConfirmedChannel {
    if (!this.confirmed) throw new Error('not connected to RabbitMQ');
    return this.confirmed;
  }

  private bytesOf(event: Event): Buffer {
    const bytes = this.encoded.get(event) ?? encodeEvent(event);
    this.encoded.set(event, bytes);
    return bytes;
  }

  private async setup(model: ChannelModel): Promise<void> {
    model.on('error', () => undefined); // `disconnect` reports it
    const rpc = await model.createChannel();
    const confirmed = await ConfirmedChannel.open(model);
    for (const channel of [rpc, confirmed.channel]) {
      channel.on('error', (error: Error) => this.onError('publishing channel', error));
      channel.on('close', () => void model.close().catch(() => undefined)); // amqplib restores connections only
    }
    await prepareBroker(model, this.names, this.service);
    const caller = this.service ?? SERVICES[0];
    if (sendsCommands(caller)) await this.receiveReplies(model, rpc, this.names.replyQueue(caller, randomUUID()));
    rpc.on('return', (message: Message) => this.undeliverable(message));
    this.rpc = rpc;
    this.confirmed = confirmed;
  }

  /** @param queue a new name on each connection, because the broker can still have the queue of the previous one */
  private async receiveReplies(model: ChannelModel, rpc: Channel, queue: string): Promise<void> {
    await rpc.assertQueue(queue, { exclusive: true, durable: false, autoDelete: true });
    await rpc.bindQueue(queue, this.names.replies, queue);
    await rpc.consume(queue, (message) => this.received(message, model), { noAck: true });
    this.replyQueue = queue;
  }

  private received(message: Message | null, model: ChannelModel): void {
    if (!message) return void model.close().catch(() => undefined);
    const waiting = this.waiting.get(message.properties.correlationId as string);
    waiting?.settle(async () => openReply(message.content)); // a late reply is ignored
  }

  private undeliverable(message: Message): void {
    const waiting = this.waiting.get(message.properties.messageId as string);
    waiting?.settle(() => Promise.reject(new Refusal('unavailable', 'The receiver of this command has no queue.')));
  }

  private lost(error: Error): void {
    this.onError('publishing connection', error);
    this.forget();
  }

  private forget(): void {
    this.rpc = undefined;
    this.confirmed = undefined;
    for (const { settle } of [...this.waiting.values()]) settle(brokerUnavailable);
  }
}

const brokerUnavailable = () => Promise.reject(new Refusal('unavailable', 'The message broker is unavailable.'));
