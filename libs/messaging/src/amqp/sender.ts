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
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { GRACE_MS } from '../asking.js';
import { messageOf, type OnError } from '../handling.js';
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
import { prepareBroker, SET_ASIDE } from './topology.js';

const RECONNECT_POLL_MS = 20;
/** The destination of each event besides its subscribers: the exchange to which other teams bind. */
const OTHER_TEAMS = 'other teams';
/** Holds the fairness key of a command, by which its receiver schedules the command without reading it. */
export const FAIRNESS_HEADER = 'x-fairness-key';

interface Waiting {
  settle: (reply: () => Promise<unknown>) => void;
}

/**
 * The connection that a process publishes on: commands, replies, events. Receiving has a connection of its own, so that
 * a broker that blocks publishers does not keep acknowledgements back.
 */
export class Sender implements EventPublisher {
  private connection?: RecoveringChannelModel;
  private rpc?: Channel;
  private confirmed?: ConfirmedChannel;
  private replyQueue = '';
  private readonly waiting = new Map<string, Waiting>();
  /** An event is published to several exchanges, and is encoded once. */
  private readonly encoded = new WeakMap<Event, Buffer>();

  /** @param service the one that this process is; undefined: all of them */
  constructor(
    private readonly url: string,
    private readonly names: Names,
    private readonly service: Service | undefined,
    private readonly onError: OnError,
  ) {}

  /** @throws StartError when an exchange is missing; Error when the broker cannot be reached */
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

  /** Sends a command once and waits for its reply. @throws Refusal; `unavailable` when it may be sent again */
  attempt(command: Command): Promise<unknown> {
    const left = command.deadlineAt - Date.now();
    if (left <= 0) return Promise.reject(new Refusal('deadline', 'The time for this command is over.'));
    const receiver = receiverOf(command.name);
    const rpc = this.rpc;
    if (!rpc) return brokerAway();
    const bytes = encodeCommand(command);
    const correlationId = randomUUID();
    return new Promise((resolve) => {
      const settle = (reply: () => Promise<unknown>) => {
        clearTimeout(timer);
        this.waiting.delete(correlationId);
        resolve(reply());
      };
      const timer = setTimeout(
        () => settle(() => Promise.reject(new Refusal('deadline', 'No answer came in time.'))),
        left + GRACE_MS,
      );
      this.waiting.set(correlationId, { settle });
      const options = {
        correlationId,
        messageId: correlationId,
        replyTo: this.replyQueue,
        expiration: Math.ceil(left), // a late command dies in the broker instead of being applied behind its caller's back
        mandatory: true,
        persistent: true,
        contentType: 'application/json',
        type: command.name,
        headers: { [FAIRNESS_HEADER]: fairnessKeyOf(command), ...traceHeaders(command) },
      };
      try {
        rpc.publish(this.names.commandsOf(receiver), commandRoutingKey(command.name, command.urgent), bytes, options);
      } catch {
        settle(brokerAway); // it is closing just now
      }
    });
  }

  /**
   * Answers a command, after a moment when the connection is just being made anew. A reply that cannot be sent by the
   * deadline is the asker's timeout, and nothing to the receiver.
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
   * Publishes an event to the exchange of one subscriber, or to the one of other teams. An exchange reports only that no
   * queue at all took a message, so each subscriber that must receive the event has an exchange of its own.
   */
  async deliver(event: Event, destination: string): Promise<Delivery> {
    const forOthers = destination === OTHER_TEAMS;
    const exchange = forOthers ? this.names.events : this.names.eventsOf(destination as Service);
    const key = routingKeyOf(event);
    const headers = traceHeaders(event);
    const properties = { contentType: EVENT_CONTENT_TYPE, type: event.name, headers, mandatory: !forOthers };
    try {
      const channel = this.connected();
      const outcome = await channel.publish(exchange, key, this.bytesOf(event), { ...properties, messageId: event.id });
      if (outcome === 'confirmed') return { outcome: 'done' };
      // A full queue of another team that rejects must not hold back the events of everyone.
      if (forOthers) return { outcome: 'done' };
      return { outcome: 'away', reason: `no queue takes ${event.name} from ${exchange}` };
    } catch (error) {
      return { outcome: 'away', reason: messageOf(error) };
    }
  }

  /** Sets an event aside with the reason. @throws when the broker did not confirm it */
  async deadLetters(service: Service, content: Buffer, properties: Options.Publish): Promise<void> {
    const exchange = this.names.deadLettersOf(service);
    const { messageId = randomUUID() } = properties;
    const outcome = await this.connected().publish(exchange, SET_ASIDE, content, {
      ...properties,
      messageId,
      mandatory: true,
    });
    if (outcome !== 'confirmed') throw new Error(`no queue takes the dead letter from ${exchange}`);
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
    model.on('error', () => undefined); // told through `disconnect`
    const rpc = await model.createChannel();
    const confirmed = await ConfirmedChannel.open(model);
    for (const channel of [rpc, confirmed.channel]) {
      channel.on('error', (error: Error) => this.onError('publishing channel', error));
      channel.on('close', () => void model.close().catch(() => undefined)); // a channel alone does not come back
    }
    await prepareBroker(model, this.names, this.service);
    const asker = this.service ?? SERVICES[0];
    if (sendsCommands(asker)) await this.receiveReplies(model, rpc, this.names.replyQueue(asker, randomUUID()));
    rpc.on('return', (message: Message) => this.undeliverable(message));
    this.rpc = rpc;
    this.confirmed = confirmed;
  }

  /** The name is new on each connection: the broker may still hold the queue of the one before. */
  private async receiveReplies(model: ChannelModel, rpc: Channel, queue: string): Promise<void> {
    await rpc.assertQueue(queue, { exclusive: true, durable: false, autoDelete: true });
    await rpc.bindQueue(queue, this.names.replies, queue);
    await rpc.consume(queue, (message) => this.received(message, model), { noAck: true });
    this.replyQueue = queue;
  }

  private received(message: Message | null, model: ChannelModel): void {
    if (!message) return void model.close().catch(() => undefined);
    const waiting = this.waiting.get(message.properties.correlationId as string);
    waiting?.settle(async () => openReply(message.content)); // a late reply finds nobody
  }

  private undeliverable(message: Message): void {
    const waiting = this.waiting.get(message.properties.messageId as string);
    waiting?.settle(() => Promise.reject(new Refusal('unavailable', 'No queue takes this command.')));
  }

  private lost(error: Error): void {
    this.onError('publishing connection', error);
    this.forget();
  }

  private forget(): void {
    this.rpc = undefined;
    this.confirmed = undefined;
    for (const { settle } of [...this.waiting.values()]) settle(brokerAway);
  }
}

const brokerAway = () => Promise.reject(new Refusal('unavailable', 'The message broker is unavailable.'));
