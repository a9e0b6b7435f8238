import { SERVICES, type Service } from '@tidegate/contracts';
import { connect, type ConfirmChannel, type GetMessage } from 'amqplib';
import { type DeadLetters, type DeadLetter } from '../transport.js';
import { type AmqpOptions } from './amqp.transport.js';
import { tlsOptions } from './tls.js';
import { Names } from './names.js';
import { subscribesToEvents } from './rights.rule.js';
import { ROUTING_KEY_HEADER, publishedKeyOf } from './routing-key.js';
import { laneOf, REDRIVE } from './topology.js';

/** How many dead-lettered events are looked through for one that is named. */
const SEARCHED = 10_000;

/**
 * The dead-letter queues of RabbitMQ: of one service, or of all when the options name none. Looking holds the messages for
 * a moment and gives them back.
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
      await this.look(subscriber, (message) => {
        if (found.length < limit) found.push(describe(message, subscriber));
        return found.length < limit ? 'next' : 'stop';
      });
    return found;
  }

  redrive(eventId: string, subscriber: string): Promise<boolean> {
    return this.takeOut(eventId, subscriber, async (message, channel) => {
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
      if (returned) throw new Error(`${subscriber} has no queue for events: it must run, or have run.`);
    });
  }

  discard(eventId: string, subscriber: string): Promise<boolean> {
    return this.takeOut(eventId, subscriber, () => Promise.resolve());
  }

  private async takeOut(
    eventId: string,
    subscriber: string,
    first: (message: GetMessage, channel: ConfirmChannel) => Promise<void>,
  ): Promise<boolean> {
    let found = false;
    await this.look(subscriber as Service, async (message, channel) => {
      if (message.properties.messageId !== eventId) return 'next';
      await first(message, channel);
      channel.ack(message);
      found = true;
      return 'stop';
    });
    return found;
  }

  /** Shows the messages one by one; all that were not acknowledged go back when the channel closes. */
  private async look(
    subscriber: Service,
    show: (message: GetMessage, channel: ConfirmChannel) => 'next' | 'stop' | Promise<'next' | 'stop'>,
  ): Promise<void> {
    const connection = await connect(this.options.url, { ...tlsOptions(this.options.url), noDelay: true });
    try {
      const channel = await connection.createConfirmChannel();
      for (let seen = 0; seen < SEARCHED; seen++) {
        const message = await channel.get(this.names.deadLetterQueue(subscriber), { noAck: false });
        if (!message || (await show(message, channel)) === 'stop') break;
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
    /** What the broker says of a message that it dead-lettered itself. */
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
