import { connect } from 'amqplib';
import { randomUUID } from 'node:crypto';
import { amqpTransport } from '../dist/libs/messaging/src/index.js';
import { callsPerSecond, inTurn, mean, percentile } from './load.mjs';
import { oktaUser } from './okta-user.mjs';
import { start } from './processes.mjs';
import { PREFIX, RAW_QUEUE } from './rpc-names.mjs';

const IN_FLIGHT = 32;
const PLAN = { rounds: 3, warmUpSeconds: 4, seconds: 6 };
const ALONE = 1_000;
const context = { actor: { kind: 'system', job: 'bench' } };

/** Measures a command with a reply from another process, over Tidegate's transport and with amqplib alone. */
export async function rpc({ amqpUrl }) {
  const receive = (way) => start('bench/rpc-receiver.mjs', { AMQP_URL: amqpUrl, WAY: way });
  const receivers = [await receive('ours'), await receive('raw')];
  const transport = await amqpTransport({ url: amqpUrl, prefix: PREFIX });
  const raw = await rawAsker(amqpUrl);
  try {
    const data = { attributes: oktaUser('alice') };
    const client = transport.client('gateway');
    const askOurs = () =>
      client.ask(
        'users.create',
        { integrationIds: [randomUUID()], requestId: randomUUID(), deadlineAt: Date.now() + 10_000, context },
        data,
      );
    const askRaw = () =>
      raw.ask({
        commandId: randomUUID(),
        name: 'users.create',
        integrationIds: [randomUUID()],
        receivedAt: new Date().toISOString(),
        deadlineAt: Date.now() + 10_000,
        requestId: randomUUID(),
        urgent: false,
        context,
        data,
      });
    const measures = [askOurs, askRaw].map(
      (call) => (seconds) => callsPerSecond({ inFlight: IN_FLIGHT, seconds, call }),
    );
    const [ours, raws] = await inTurn(PLAN, measures);
    return {
      perSecond: mean(ours),
      rawPerSecond: mean(raws),
      alone: percentile(await timesAlone(askOurs), 0.5),
      rawAlone: percentile(await timesAlone(askRaw), 0.5),
    };
  } finally {
    await transport.close();
    await raw.close();
    for (const receiver of receivers) await receiver.stop();
  }
}

/** @returns {Promise<number[]>} the duration of sequential calls in milliseconds */
async function timesAlone(ask) {
  const times = [];
  for (let i = 0; i < ALONE; i++) {
    const startedAt = performance.now();
    await ask();
    times.push(performance.now() - startedAt);
  }
  return times;
}

/** RPC with amqplib alone: a persistent message to a quorum queue, and a direct reply with the same correlation id. */
async function rawAsker(url) {
  const connection = await connect(url, { noDelay: true });
  const channel = await connection.createChannel();
  const waiting = new Map();
  const received = ({ properties, content }) => {
    waiting.get(properties.correlationId)(JSON.parse(content.toString()));
    waiting.delete(properties.correlationId);
  };
  await channel.consume('amq.rabbitmq.reply-to', received, { noAck: true });
  const ask = (command) =>
    new Promise((resolve) => {
      const correlationId = randomUUID();
      waiting.set(correlationId, resolve);
      channel.sendToQueue(RAW_QUEUE, Buffer.from(JSON.stringify(command)), {
        correlationId,
        replyTo: 'amq.rabbitmq.reply-to',
        persistent: true,
      });
    });
  return { ask, close: () => connection.close() };
}
