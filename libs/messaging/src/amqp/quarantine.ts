import { SERVICES, type Service } from '@tidegate/contracts';
import { connect, type ConfirmChannel, type GetMessage } from 'amqplib';
import { type Quarantine, type QuarantinedFact } from '../transport.js';
import { type AmqpOptions } from './amqp.transport.js';
import { tlsOptions } from './tls.js';
import { hearsFacts, Names } from './topology.js';

/** How many quarantined facts are looked through for one that is named. */
const SEARCHED = 10_000;

/** The quarantine queues of RabbitMQ. Looking holds the messages for a moment and gives them back. */
export class AmqpQuarantine implements Quarantine {
  private readonly names: Names;

  constructor(private readonly options: AmqpOptions) {
    this.names = new Names(options.prefix);
  }

  async list(limit: number): Promise<QuarantinedFact[]> {
    const found: QuarantinedFact[] = [];
    for (const hearer of SERVICES.filter(hearsFacts))
      await this.look(hearer, (message) => {
        if (found.length < limit) found.push(describe(message, hearer));
        return found.length < limit ? 'next' : 'stop';
      });
    return found;
  }

  redrive(factId: string, hearer: string): Promise<boolean> {
    return this.takeOut(factId, hearer, async (message, channel) => {
      const { messageId, contentType, type } = message.properties as Record<
        'messageId' | 'contentType' | 'type',
        string
      >;
      const queue = this.names.queue(hearer as Service, 'facts', 'normal');
      channel.sendToQueue(queue, message.content, { messageId, contentType, type, persistent: true });
      await channel.waitForConfirms();
    });
  }

  discard(factId: string, hearer: string): Promise<boolean> {
    return this.takeOut(factId, hearer, () => Promise.resolve());
  }

  private async takeOut(
    factId: string,
    hearer: string,
    first: (message: GetMessage, channel: ConfirmChannel) => Promise<void>,
  ): Promise<boolean> {
    let found = false;
    await this.look(hearer as Service, async (message, channel) => {
      if (message.properties.messageId !== factId) return 'next';
      await first(message, channel);
      channel.ack(message);
      found = true;
      return 'stop';
    });
    return found;
  }

  /** Shows the messages one by one; all that were not acknowledged go back when the channel closes. */
  private async look(
    hearer: Service,
    show: (message: GetMessage, channel: ConfirmChannel) => 'next' | 'stop' | Promise<'next' | 'stop'>,
  ): Promise<void> {
    const connection = await connect(this.options.url, { ...tlsOptions(this.options.url), noDelay: true });
    try {
      const channel = await connection.createConfirmChannel();
      for (let seen = 0; seen < SEARCHED; seen++) {
        const message = await channel.get(this.names.quarantineQueue(hearer), { noAck: false });
        if (!message || (await show(message, channel)) === 'stop') break;
      }
      await channel.close();
    } finally {
      await connection.close();
    }
  }
}

function describe(message: GetMessage, hearer: Service): QuarantinedFact {
  const headers = (message.properties.headers ?? {}) as {
    'x-reason'?: string;
    'x-attempts'?: number;
    'x-quarantined-at'?: string;
    /** What the broker says of a message that it dead-lettered itself. */
    'x-death'?: { reason?: string; time?: { value?: number } }[];
  };
  const death = headers['x-death']?.[0];
  return {
    factId: String(message.properties.messageId),
    name: String(message.properties.type),
    hearer,
    reason: headers['x-reason'] ?? `dead-lettered by the broker: ${death?.reason ?? 'no reason given'}`,
    attempts: headers['x-attempts'] ?? 0,
    quarantinedAt: headers['x-quarantined-at'] ?? new Date((death?.time?.value ?? 0) * 1000).toISOString(),
  };
}
