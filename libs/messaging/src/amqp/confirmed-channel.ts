import { within } from '@tidegate/observability';
import { type ChannelModel, type ConfirmChannel, type Message, type Options } from 'amqplib';

/** Longest wait for a confirm: a broker without free memory or disk space sends none. */
const CONFIRM_TIMEOUT_MS = 5_000;
/** The error message of amqplib if a queue refuses a message (`basic.nack`). */
const NACKED = 'message nacked';

type Properties = Options.Publish & { messageId: string };

/** A channel on which every message is persistent and confirmed. */
export class ConfirmedChannel {
  private readonly returned = new Set<string>();

  private constructor(readonly channel: ConfirmChannel) {
    channel.on('return', ({ fields, properties }: Message) =>
      this.returned.add(key(fields.exchange, properties.messageId as string)),
    );
  }

  static async open(model: ChannelModel): Promise<ConfirmedChannel> {
    return new ConfirmedChannel(await model.createConfirmChannel());
  }

  /**
   * @returns `unrouted` if the message is mandatory and was routed to no queue; `refused` if a queue did not accept it
   * @throws Error if the broker did not confirm it within `CONFIRM_TIMEOUT_MS`, or the channel closed
   */
  publish(
    exchange: string,
    routingKey: string,
    content: Buffer,
    properties: Properties,
  ): Promise<'confirmed' | 'unrouted' | 'refused'> {
    const { messageId } = properties;
    const published = () =>
      new Promise<'confirmed' | 'unrouted' | 'refused'>((resolve, reject) => {
        const settle = (error: Error | null) => {
          // The broker returns a message before it confirms it.
          const wasReturned = this.returned.delete(key(exchange, messageId));
          if (error && error.message !== NACKED) return reject(error);
          resolve(error ? 'refused' : wasReturned ? 'unrouted' : 'confirmed');
        };
        this.channel.publish(exchange, routingKey, content, { ...properties, persistent: true }, settle);
      });
    return within(CONFIRM_TIMEOUT_MS, published);
  }
}

/** Contains the exchange, because an event is published to several exchanges at the same time. */
const key = (exchange: string, messageId: string): string => `${exchange} ${messageId}`;
