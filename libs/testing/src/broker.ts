import { randomBytes } from 'node:crypto';
import { LANES, SERVICES } from '@tidegate/contracts';
import { connect } from 'amqplib';
import { privateRabbitAvailable } from './rabbitmq.js';

export interface TestBroker {
  /** AMQP URL of the tests' broker. */
  url: string;
  /** Prefix of the suite's queues and exchanges, which isolates suites on a shared broker. */
  prefix: string;
  /** Deletes the queues and exchanges with the prefix. */
  drop(): Promise<void>;
}

/** Whether `npm test` provides a RabbitMQ. */
export function brokerAvailable(): boolean {
  return Boolean(process.env.TIDEGATE_TEST_AMQP_URL);
}

/** `describe` for a suite that needs a RabbitMQ; without one the suite is skipped. */
export function amqpTests(name: string, tests: () => void): void {
  if (brokerAvailable()) describe(name, tests);
  else describe.skip(name, tests);
}

/** `describe` for a suite that kills its broker and so needs a private one (`startPrivateRabbit`). */
export function brokerFaultTests(name: string, tests: () => void): void {
  if (brokerAvailable() && privateRabbitAvailable()) describe(name, tests);
  else describe.skip(name, tests);
}

/**
 * Creates a namespace on the broker of `TIDEGATE_TEST_AMQP_URL`.
 * @throws Error when the variable is not set (`npm test` sets it)
 */
export async function testBroker(): Promise<TestBroker> {
  const url = process.env.TIDEGATE_TEST_AMQP_URL;
  if (!url) throw new Error('TIDEGATE_TEST_AMQP_URL is not set. Run tests with `npm test`, which provides a RabbitMQ.');
  const prefix = `test-${randomBytes(6).toString('hex')}.`;
  return { url, prefix, drop: () => drop(url, prefix) };
}

async function drop(url: string, prefix: string): Promise<void> {
  const connection = await connect(url);
  connection.on('error', () => undefined);
  try {
    const channel = await connection.createChannel();
    // Deleting a queue that does not exist is not an error, so all possible names are tried.
    for (const service of SERVICES) {
      await channel.deleteQueue(`${prefix}${service}.dead-letters`);
      for (const lane of LANES) {
        const suffix = lane === 'urgent' ? '.urgent' : '';
        await channel.deleteQueue(`${prefix}${service}.commands${suffix}`);
        await channel.deleteQueue(`${prefix}${service}.events${suffix}`);
      }
    }
    for (const kind of ['commands', 'events', 'dead-letters'])
      for (const service of SERVICES) await channel.deleteExchange(`${prefix}tidegate.${kind}.${service}`);
    for (const name of ['events', 'replies']) await channel.deleteExchange(`${prefix}tidegate.${name}`);
  } finally {
    await connection.close();
  }
}
