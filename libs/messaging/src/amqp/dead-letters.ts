import { SERVICES, type Service } from '@tidegate/contracts';
import { connect, type ConfirmChannel, type GetMessage } from 'amqplib';
import { type DeadLetters, type DeadLetter } from '../transport.js';
import { type AmqpOptions } from './amqp.transport.js';
import { tlsOptions } from './tls.js';
import { Names } from './names.js';
import { subscribesToEvents } from './rights.rule.js';
import { ROUTING_KEY_HEADER, publishedKeyOf } from './routing-key.js';
import { laneOf, REDRIVE } from './topology.js';

/** Longest part of a dead-letter queue that is searched for an event. */
const SEARCHED = 10_000;

/**
 * The dead-letter queues of RabbitMQ: of one service, or of all if the options name none. `list` takes the messages and
 * returns them to the queue.
 */
export class AmqpDeadLetters implements DeadLetters {
  private readonly names: Names;

  constructor(private readonly options: AmqpOptions) {
    this.names = new Names(options.prefix);
  }

  async list(limit: number): Promise<DeadLetter[]> {
    const found: DeadLetter[] = [];
    const { service } = this.options;
    for (const subscriber of service ? [service] : SERVICES.filter(subscribesToEvents))
      await this.visit(subscriber, (message) => {
        if (found.length < limit) found.push(describe(message, subscriber));
        return found.length < limit ? 'next' : 'stop';
      });
    return found;
  }

  redrive(eventId: string, subscriber: string): Promise<boolean> {
    return this.remove(eventId, subscriber, async (message, channel) => {
      const { messageId, contentType, type } = message.properties as Record<
        'messageId' | 'contentType' | 'type',
        string
      >;
      const exchange = this.names.deadLettersOf(subscriber as Service);
      const publishedKey = publishedKeyOf(message, exchange);
      const lane = laneOf(publishedKey.slice(0, publishedKey.lastIndexOf('.')));
      const headers = { [ROUTING_KEY_HEADER]: publishedKey };
      let returned = false;
      channel.on('return', () => (returned = true));
      channel.publish(exchange, REDRIVE[lane], message.content, {
        messageId,
        contentType,
        type,
        headers,
        mandatory: true,
        persistent: true,
      });
      await channel.waitForConfirms();
      if (returned) throw new Error(`${subscriber} has no queue for events. Start it once, which declares the queue.`);
    });
  }

  discard(eventId: string, subscriber: string): Promise<boolean> {
    return this.remove(eventId, subscriber, () => Promise.resolve());
  }

  /** @param before called before the message is removed. @returns whether it was in the queue */
  private async remove(
    eventId: string,
    subscriber: string,
    before: (message: GetMessage, channel: ConfirmChannel) => Promise<void>,
  ): Promise<boolean> {
    let found = false;
    await this.visit(subscriber as Service, async (message, channel) => {
      if (message.properties.messageId !== eventId) return 'next';
      await before(message, channel);
      channel.ack(message);
      found = true;
      return 'stop';
    });
    return found;
  }

  /** Visits the messages in order. When the channel closes, those that were not acknowledged return to the queue. */
  private async visit(
    subscriber: Service,
    visitor: (message: GetMessage, channel: ConfirmChannel) => 'next' | 'stop' | Promise<'next' | 'stop'>,
  ): Promise<void> {
    const connection = await connect(this.options.url, { ...tlsOptions(this.options.url), noDelay: true });
    try {
      const channel = await connection.createConfirmChannel();
      for (let seen = 0; seen < SEARCHED; seen++) {
        const message = await channel.get(this.names.deadLetterQueue(subscriber), { noAck: false });
        if (!message || (await visitor(message, channel)) === 'stop') break;
      }
      await channel.close();
    } finally {
      await connection.close();
    }
  }
}

function describe(message: GetMessage, subscriber: Service): DeadLetter {
  const headers = (message.properties.headers ?? {}) as {
    'x-reason'?: string;
    'x-attempts'?: number;
    'x-dead-lettered-at'?: string;
    /** Added by the broker to a message that it dead-lettered. */
    'x-death'?: { reason?: string; time?: { value?: number } }[];
  };
  const death = headers['x-death']?.[0];
  return {
    eventId: String(message.properties.messageId),
    name: String(message.properties.type),
    subscriber,
    reason: headers['x-reason'] ?? `dead-lettered by the broker: ${death?.reason ?? 'no reason given'}`,
    attempts: headers['x-attempts'] ?? 0,
    deadLetteredAt: headers['x-dead-lettered-at'] ?? new Date((death?.time?.value ?? 0) * 1000).toISOString(),
  };
}
