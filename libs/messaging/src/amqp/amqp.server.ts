import { type Lane, LANES, receivesCommands, routingKeyOf, type Service } from '@tidegate/contracts';
import { type CustomTransportStrategy, Server } from '@nestjs/microservices';
import { within } from '@tidegate/observability';
import { crashPoint } from '@tidegate/runtime';
import {
  type Channel,
  type ChannelModel,
  type ConsumeMessage,
  type Options,
  type RecoveringChannelModel,
} from 'amqplib';
import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { FairQueue } from '../fair-queue.js';
import { handleCommand, handleEvent, messageOf, type OnError } from '../handling.js';
import { type OnDeadLetter, type OnIgnored, type Prefetch, DEAD_LETTER_AFTER } from '../transport.js';
import { decodeCommand, decodeEvent } from '../wire.js';
import { openConnection } from './connection.js';
import { commandRoutingKey, type Names } from './names.js';
import { subscribesToEvents } from './rights.rule.js';
import { checkRoutingKey, publishedKeyOf, ROUTING_KEY_HEADER } from './routing-key.js';
import { FAIRNESS_HEADER, type Sender } from './sender.js';
import { declareQueues } from './topology.js';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
const DRAIN_MS = 15_000;
/** Commands of a lane that a process prefetches to schedule them by integration: a queue of the broker is first in, first out. */
const COMMANDS_AHEAD = 64;
const LONG_BYTES = 256 * 1024;

type Kind = 'commands' | 'events';
export interface AmqpServerParts {
  url: string;
  service: Service;
  names: Names;
  prefetch: Prefetch;
  /** Interval in which the queues and bindings are declared again, in milliseconds. */
  rebindMs: number;
  sender: Sender;
  onError: OnError;
  onDeadLetter: OnDeadLetter;
  onIgnored: OnIgnored;
}

interface Consumer {
  channel: Channel;
  tag: string;
  queue: string;
  /** False after its channel closed: the broker delivers its unacknowledged messages again. */
  alive: boolean;
}

/** Nest's transport strategy for RabbitMQ: receives the commands and events of one service. */
export class AmqpServer extends Server implements CustomTransportStrategy {
  /** Failures are logged and counted here, so Nest does not log them. */
  override readonly propagatesEventHandlerErrors = true;
  readonly messagingSystem = 'rabbitmq';
  private connection?: RecoveringChannelModel;
  private consumers: Consumer[] = [];
  private inFlight = 0;
  private idle?: () => void;
  private readonly closing = new AbortController();
  private readonly queues: Record<Lane, FairQueue>;

  constructor(private readonly parts: AmqpServerParts) {
    super();
    const { commands, urgentCommands } = parts.prefetch;
    this.queues = { normal: new FairQueue(commands), urgent: new FairQueue(urgentCommands) };
  }

  listen(callback: (error?: unknown) => void): void {
    openConnection({
      url: this.parts.url,
      name: `tidegate ${this.parts.service}`,
      setup: (model) => this.setup(model),
      onLost: (error) => this.parts.onError('receiving connection', error),
    }).then(
      (connection) => {
        this.connection = connection;
        callback();
      },
      (error: unknown) => callback(error),
    );
  }

  /** Stops receiving, waits until the current messages are handled and acknowledged, and closes the connection. */
  async close(): Promise<void> {
    this.closing.abort();
    await Promise.all(this.consumers.map(({ channel, tag }) => channel.cancel(tag).catch(() => undefined)));
    if (this.inFlight > 0) {
      const drained = new Promise<void>((resolve) => (this.idle = resolve));
      await within(DRAIN_MS, () => drained).catch(() => undefined);
    }
    await this.connection?.close();
  }

  on(): void {
    throw new Error('This transport has no events: use the log and health checks.');
  }

  unwrap<T>(): T {
    return this.connection as T;
  }

  private async setup(model: ChannelModel): Promise<void> {
    model.on('error', () => undefined); // `disconnect` reports it
    const { names, service, rebindMs } = this.parts;
    await declareQueues(model, names, service);
    const declareAgain = () =>
      declareQueues(model, names, service).catch((error: unknown) => this.parts.onError('declaring queues', error));
    const rebinding = setInterval(() => void declareAgain(), rebindMs);
    model.once('close', () => clearInterval(rebinding));
    this.consumers = [];
    for (const lane of LANES) {
      if (receivesCommands(this.parts.service)) await this.consume(model, 'commands', lane);
      if (subscribesToEvents(this.parts.service)) await this.consume(model, 'events', lane);
    }
  }

  private async consume(model: ChannelModel, kind: Kind, lane: Lane): Promise<void> {
    const channel = await model.createChannel();
    const queue = this.parts.names.queue(this.parts.service, kind, lane);
    const consumer: Consumer = { channel, queue, tag: `${this.parts.service}-${randomUUID()}`, alive: true };
    channel.on('error', (error: Error) => this.parts.onError(`channel of ${queue}`, error));
    channel.on('close', () => {
      consumer.alive = false;
      if (!this.closing.signal.aborted) void model.close().catch(() => undefined); // amqplib restores connections only
    });
    await channel.prefetch(this.prefetch(kind, lane));
    const handle = (message: ConsumeMessage) =>
      kind === 'commands'
        ? this.queues[lane].run(fairnessKey(message), () => this.command(consumer, message))
        : this.event(consumer, message);
    const receive = (message: ConsumeMessage | null) => {
      if (message) void this.track(() => handle(message));
      else this.cancelled(model, consumer);
    };
    await channel.consume(queue, receive, { consumerTag: consumer.tag });
    this.consumers.push(consumer);
  }

  private prefetch(kind: Kind, lane: Lane): number {
    const { commands, urgentCommands, events, urgentEvents } = this.parts.prefetch;
    if (kind === 'commands') return COMMANDS_AHEAD + (lane === 'urgent' ? urgentCommands : commands);
    return lane === 'urgent' ? urgentEvents : events;
  }

  /** The broker cancels a consumer if its queue was deleted or its leader moved. A new connection declares everything again. */
  private cancelled(model: ChannelModel, consumer: Consumer): void {
    if (this.closing.signal.aborted) return;
    this.parts.onError(`consumer of ${consumer.queue}`, new Error('cancelled by the broker'));
    void model.close().catch(() => undefined);
  }

  private async command(consumer: Consumer, message: ConsumeMessage): Promise<void> {
    // It is not acknowledged, so the broker delivers it again.
    if (this.closing.signal.aborted || !consumer.alive) return;
    try {
      const command = decodeCommand(message.content);
      checkRoutingKey(message.fields.routingKey, commandRoutingKey(command.name, command.urgent));
      if (message.content.length > LONG_BYTES) await nextTurn(); // parsing took long, so other work is next
      const reply = await handleCommand(this, command, this.parts.onError);
      crashPoint('command.handled');
      if (reply) await this.parts.sender.reply(message, reply, command.deadlineAt);
    } catch (error) {
      this.parts.onError('command', error); // it cannot be parsed, so no reply is possible
    }
    acknowledge(consumer, message);
  }

  /**
   * Retries the event until it is handled or moved to the dead-letter queue. Meanwhile it uses one unit of the prefetch, so
   * failures slow the queue down.
   */
  private async event(consumer: Consumer, message: ConsumeMessage): Promise<void> {
    let failures = 0;
    for (let pause = FIRST_PAUSE_MS; consumer.alive; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      const delivery = await this.tryEvent(message);
      if (delivery.outcome === 'done') {
        crashPoint('event.handled');
        return acknowledge(consumer, message);
      }
      if (delivery.outcome === 'failed') failures = delivery.final ? DEAD_LETTER_AFTER : failures + 1;
      if (failures >= DEAD_LETTER_AFTER && (await this.moveToDeadLetters(message, delivery.reason, failures)))
        return acknowledge(consumer, message);
      await delay(pause, undefined, { signal: this.closing.signal }).catch(() => undefined);
      if (this.closing.signal.aborted) return; // it is not acknowledged, so another worker receives it
    }
  }

  private async tryEvent(message: ConsumeMessage) {
    try {
      const event = decodeEvent(message.content);
      if (event) checkRoutingKey(this.publishedKeyOf(message), routingKeyOf(event));
      return { final: false, ...(await handleEvent(this, event, this.parts)) };
    } catch (error) {
      // Only decoding and the comparison of the key throw, so a retry would fail too.
      return { outcome: 'failed' as const, final: true, reason: messageOf(error) };
    }
  }

  private publishedKeyOf(message: ConsumeMessage): string {
    return publishedKeyOf(message, this.parts.names.deadLettersOf(this.parts.service));
  }

  private async moveToDeadLetters(message: ConsumeMessage, reason: string, attempts: number): Promise<boolean> {
    const { messageId, contentType, type } = message.properties as Options.Publish;
    const headers = {
      'x-reason': reason,
      'x-attempts': attempts,
      'x-dead-lettered-at': new Date().toISOString(),
      [ROUTING_KEY_HEADER]: this.publishedKeyOf(message),
    };
    try {
      const properties = { messageId, contentType, type, headers };
      await this.parts.sender.deadLetters(this.parts.service, message.content, properties);
      this.parts.onDeadLetter({ eventId: String(messageId), name: String(type) });
      return true;
    } catch (error) {
      this.parts.onError('dead-letter queue', error);
      return false;
    }
  }

  private async track(work: () => Promise<void>): Promise<void> {
    this.inFlight++;
    try {
      await work();
    } catch (error) {
      this.parts.onError('receiving', error);
    } finally {
      if (--this.inFlight === 0) this.idle?.();
    }
  }
}

/** @returns the key by which the command is scheduled; empty if it has none */
function fairnessKey({ properties }: ConsumeMessage): string {
  const key: unknown = properties.headers?.[FAIRNESS_HEADER];
  return typeof key === 'string' ? key : '';
}

function acknowledge(consumer: Consumer, message: ConsumeMessage): void {
  if (!consumer.alive) return; // the broker delivers it again
  try {
    consumer.channel.ack(message);
  } catch {
    consumer.alive = false;
  }
}
