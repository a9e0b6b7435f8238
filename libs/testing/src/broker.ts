import { SERVICES } from '@tidegate/contracts';
import { connect } from 'amqplib';
import { randomBytes } from 'node:crypto';

/** Whether `npm test` found a RabbitMQ. */
export function brokerAvailable(): boolean {
  return Boolean(process.env.TIDEGATE_TEST_AMQP_URL);
}

/** A `describe` that is skipped where no RabbitMQ can be had: `npm test` says so, and in CI it fails instead. */
export function amqpTests(name: string, suite: () => void): void {
  (brokerAvailable() ? describe : describe.skip)(name, suite);
}

/** A part of the shared broker that nobody else uses. */
export interface TestBroker {
  url: string;
  /** Begins the names of exchanges and queues. */
  prefix: string;
  /** Deletes every queue and exchange under the prefix. */
  drop(): Promise<void>;
}

/** @throws when there is no broker */
export async function testBroker(): Promise<TestBroker> {
  const url = process.env.TIDEGATE_TEST_AMQP_URL;
  if (!url) throw new Error('TIDEGATE_TEST_AMQP_URL is not set: run tests with `npm test`, which needs a RabbitMQ.');
  const prefix = `test-${randomBytes(6).toString('hex')}.`;
  return { url, prefix, drop: () => deletePrefix(url, prefix) };
}

async function deletePrefix(url: string, prefix: string): Promise<void> {
  const connection = await connect(url);
  try {
    const channel = await connection.createChannel();
    const kinds = ['commands', 'commands.urgent', 'facts', 'facts.urgent', 'quarantine'];
    for (const service of SERVICES) for (const kind of kinds) await channel.deleteQueue(`${prefix}${service}.${kind}`);
    for (const kind of ['commands', 'facts', 'quarantine']) await channel.deleteExchange(`${prefix}tidegate.${kind}`);
  } finally {
    await connection.close();
  }
}
