import {
  type Command,
  EVENTS,
  type Event,
  fairnessKeyOf,
  receiverOf,
  Refusal,
  routingKeyOf,
  type Service,
} from '@tidegate/contracts';
import {
  type Channel,
  type ConfirmChannel,
  type ChannelModel,
  type Message,
  type Options,
  type RecoveringChannelModel,
} from 'amqplib';
import { within } from '@tidegate/observability';
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
import { openConnection } from './connection.js';
import { declareTopology, type Names } from './topology.js';

/** Longest wait for the broker's confirm: while it is short of memory or disk, a confirm never comes. */
const CONFIRM_TIMEOUT_MS = 5_000;
const RECONNECT_POLL_MS = 20;
/** RabbitMQ's pseudo-queue for replies: they come back on the channel that asked (rabbitmq.com/docs/direct-reply-to). */
const REPLY_TO = 'amq.rabbitmq.reply-to';
const BROKER = ['broker'];
/** Holds the fairness key of a command: its receiver chooses whose turn it is without reading the command. */
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
  private confirmed?: ConfirmChannel;
  private readonly waiting = new Map<string, Waiting>();
  private readonly returned = new Set<string>();

  constructor(
    private readonly url: string,
    private readonly names: Names,
    private readonly onError: OnError,
  ) {}

  /** @throws when the broker cannot be reached */
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
    await this.confirmed?.waitForConfirms().catch(() => undefined);
    await this.connection?.close();
    this.forget();
  }

  /** Sends a command once and waits for its reply. @throws Refusal; `unavailable` when it may be sent again */
  attempt(command: Command): Promise<unknown> {
    const left = command.deadlineAt - Date.now();
    if (left <= 0) return Promise.reject(new Refusal('deadline', 'The time for this command is over.'));
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
        replyTo: REPLY_TO,
        expiration: Math.ceil(left), // a late command dies in the broker instead of being applied behind its caller's back
        mandatory: true,
        persistent: true,
        contentType: 'application/json',
        type: command.name,
        headers: { [FAIRNESS_HEADER]: fairnessKeyOf(command), ...traceHeaders(command) },
      };
      try {
        rpc.publish(this.names.commands, this.commandKey(command), bytes, options);
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
      this.rpc?.publish('', replyTo, encodeReply(reply), { correlationId, contentType: 'application/json' });
    } catch (error) {
      this.onError('reply', error);
    }
  }

  destinations(): readonly string[] {
    return BROKER;
  }

  /**
   * Publishes an event to all who bound a queue, and then to the queues of the subscribers that come second: an exchange tells
   * only that no queue at all took a message, so each subscriber that must have it is told in a way of its own.
   * Internal events go to the queues of their subscribers only.
   */
  async deliver(event: Event): Promise<Delivery> {
    const { subscribers, urgent, internal } = EVENTS[event.name];
    const content = encodeEvent(event);
    const headers = traceHeaders(event);
    const properties = { messageId: event.id, contentType: EVENT_CONTENT_TYPE, type: event.name, headers };
    const key = routingKeyOf(event);
    try {
      const routed = internal || (await this.publishConfirmed(this.names.events, key, content, properties));
      if (!routed && subscribers.length > 0) return { outcome: 'away', reason: `no queue is bound for ${event.name}` };
      for (const subscriber of internal ? subscribers : subscribers.slice(1)) {
        const queue = this.names.queue(subscriber, 'events', urgent ? 'urgent' : 'normal');
        if (!(await this.publishConfirmed('', queue, content, properties)))
          return { outcome: 'away', reason: `there is no queue ${queue}` };
      }
      return { outcome: 'done' };
    } catch (error) {
      return { outcome: 'away', reason: messageOf(error) };
    }
  }

  /** Sets an event aside with the reason. @throws when the broker did not confirm it */
  async deadLetters(service: Service, content: Buffer, properties: Options.Publish): Promise<void> {
    const routed = await this.publishConfirmed(this.names.deadLetters, service, content, properties);
    if (!routed) throw new Error(`the dead-letter queue of ${service} has no queue`);
  }

  /** @returns whether a queue took it; @throws when the broker did not confirm it in time */
  private publishConfirmed(
    exchange: string,
    key: string,
    content: Buffer,
    properties: Options.Publish,
  ): Promise<boolean> {
    const channel = this.confirmed;
    if (!channel) return Promise.reject(new Error('not connected to RabbitMQ'));
    const messageId = properties.messageId ?? randomUUID();
    const options = { ...properties, messageId, mandatory: true, persistent: true };
    const published = () =>
      new Promise<boolean>((resolve, reject) => {
        channel.publish(exchange, key, content, options, (error: Error | null) => {
          if (error) reject(error);
          else resolve(!this.returned.delete(messageId)); // the broker returns a message before it confirms it
        });
      });
    return within(CONFIRM_TIMEOUT_MS, published);
  }

  private async setup(model: ChannelModel): Promise<void> {
    model.on('error', () => undefined); // told through `disconnect`
    const rpc = await model.createChannel();
    const confirmed = await model.createConfirmChannel();
    for (const channel of [rpc, confirmed]) {
      channel.on('error', (error: Error) => this.onError('publishing channel', error));
      channel.on('close', () => void model.close().catch(() => undefined)); // a channel alone does not come back
    }
    await declareTopology(confirmed, this.names);
    await rpc.consume(REPLY_TO, (message) => this.received(message, model), { noAck: true });
    rpc.on('return', (message: Message) => this.undeliverable(message));
    confirmed.on('return', (message: Message) => this.returned.add(message.properties.messageId as string));
    this.rpc = rpc;
    this.confirmed = confirmed;
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
    this.returned.clear();
    for (const { settle } of [...this.waiting.values()]) settle(brokerAway);
  }

  private commandKey(command: Command): string {
    return this.names.queue(receiverOf(command.name), 'commands', command.urgent ? 'urgent' : 'normal');
  }
}

const brokerAway = () => Promise.reject(new Refusal('unavailable', 'The message broker is unavailable.'));
