import { within } from '@tidegate/observability';
import { type ChannelModel, type ConfirmChannel, type Message, type Options } from 'amqplib';

/** Longest wait for the broker's confirm: while it is short of memory or disk, a confirm never comes. */
const CONFIRM_TIMEOUT_MS = 5_000;
/** What amqplib reports when a queue refuses a message (`basic.nack`). */
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
   * @returns `unrouted` when the message is mandatory and no queue took it; `refused` when a queue did not accept it
   * @throws when the broker did not confirm it in time
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

/** One event is published to several exchanges at the same time. */
const key = (exchange: string, messageId: string): string => `${exchange} ${messageId}`;
