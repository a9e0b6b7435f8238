import { type Command, type Service } from '@tidegate/contracts';
import { amqpUrl, text } from '@tidegate/runtime';
import { logErrors } from '../handling.js';
import { MessageClient } from '../client.js';
import { type OnDeadLetter, type OnIgnored, type Prefetch, type Transport } from '../transport.js';
import { AmqpServer } from './amqp.server.js';
import { Sender } from './sender.js';
import { Names } from './names.js';

export interface AmqpOptions {
  /** amqp://user:password@host:5672/vhost, or amqps:// with the parameters that `tlsOptions` reads */
  url: string;
  /** Prefix of the names of exchanges and queues. */
  prefix?: string;
  /**
   * The service of the process, which needs only the rights of that service. Undefined, for tests and checks: all services;
   * the process needs all rights.
   */
  service?: Service;
  /** Interval in which queues and bindings are declared again, in milliseconds. Default: 30 s. */
  rebindMs?: number;
}

const REBIND_MS = 30_000;

/** The settings of processes that use RabbitMQ. */
export const AMQP_SETTINGS = {
  amqpUrl: amqpUrl('AMQP_URL'),
  /** Prefix of the names of exchanges and queues, so two systems can share a virtual host. */
  amqpPrefix: text('AMQP_PREFIX', ''),
};

/**
 * Connects to RabbitMQ 3.10 or newer.
 * @throws StartError if an exchange is missing and the user lacks the right to declare it; Error if the broker is
 *   unavailable or refuses the credentials
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
