import { type Command, type Service } from '@tidegate/contracts';
import { amqpUrl, text } from '@tidegate/observability';
import { logErrors } from '../handling.js';
import { MessageClient } from '../client.js';
import { type OnDeadLetter, type OnIgnored, type Prefetch, type Transport } from '../transport.js';
import { AmqpServer } from './amqp.server.js';
import { Sender } from './sender.js';
import { Names } from './names.js';

export interface AmqpOptions {
  /** amqp://user:password@host:5672/vhost, or amqps:// with the parameters that `tlsOptions` reads */
  url: string;
  /** Begins the names of exchanges and queues. */
  prefix?: string;
  /**
   * The service that the process is: it needs only that service's rights. Left out, the process may be every service, and
   * needs all rights; for tests and checks.
   */
  service?: Service;
  /** How often queues and bindings that were removed are declared again; 30 s when left out. */
  rebindMs?: number;
}

const REBIND_MS = 30_000;

/** What every process that meets others on RabbitMQ reads from its environment. */
export const AMQP_SETTINGS = {
  amqpUrl: amqpUrl('AMQP_URL'),
  /** Begins the names of exchanges and queues: two systems that share a broker's vhost must not share queues. */
  amqpPrefix: text('AMQP_PREFIX', ''),
};

/**
 * Messages over RabbitMQ 3.10 or newer.
 * @throws StartError when an exchange is missing and may not be declared; Error when the broker cannot be reached or
 *   refuses the credentials
 */
export async function amqpTransport({
  url,
  prefix,
  service: self,
  rebindMs = REBIND_MS,
}: AmqpOptions): Promise<Transport> {
  const onError = logErrors();
  const names = new Names(prefix);
  const sender = new Sender(url, names, self, onError);
  await sender.connect();
  const attempt = (command: Command) => sender.attempt(command);
  return {
    server: (service: Service, prefetch: Prefetch, onDeadLetter: OnDeadLetter, onIgnored: OnIgnored) =>
      new AmqpServer({ url, service, names, prefetch, rebindMs, sender, onError, onDeadLetter, onIgnored }),
    client: (service: Service) => new MessageClient(self ?? service, attempt, sender),
    publisher: () => sender,
    check: () => sender.check(),
    close: () => sender.close(),
  };
}
