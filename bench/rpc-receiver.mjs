// The receiver of RPCs, in its own process. It replies to each command with the data of the command. AMQP_URL selects the
// broker, WAY the transport: `ours` or `raw`. Sends a message when it is ready.
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { connect } from 'amqplib';
import { amqpTransport, listenFor } from '../dist/libs/messaging/src/index.js';
import { createMetrics } from '../dist/libs/observability/src/index.js';
import { PREFETCH, PREFIX, RAW_QUEUE } from './rpc-names.mjs';

const url = process.env.AMQP_URL;
await (process.env.WAY === 'ours' ? receiveOurs() : receiveRaw());
process.send('ready');

async function receiveOurs() {
  class Echo {
    answer(command) {
      return Promise.resolve(command.data);
    }
  }
  // The decorators in plain JavaScript.
  Controller()(Echo);
  Payload()(Echo.prototype, 'answer', 0);
  MessagePattern('users.create')(Echo.prototype, 'answer', Object.getOwnPropertyDescriptor(Echo.prototype, 'answer'));
  class EchoModule {}
  Module({ controllers: [Echo] })(EchoModule);

  const transport = await amqpTransport({ url, prefix: PREFIX });
  const app = await NestFactory.create(EchoModule, new FastifyAdapter(), { logger: false });
  await app.init();
  const prefetch = { commands: PREFETCH, urgentCommands: 1, events: 1, urgentEvents: 1 };
  await listenFor(app, transport, 'identity', prefetch, createMetrics('identity'), { partial: true });
  process.once('SIGTERM', () =>
    app
      .close()
      .then(() => transport.close())
      .then(() => process.disconnect()),
  );
}

async function receiveRaw() {
  const connection = await connect(url, { noDelay: true });
  const channel = await connection.createChannel();
  await channel.assertQueue(RAW_QUEUE, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  await channel.prefetch(PREFETCH);
  await channel.consume(RAW_QUEUE, (message) => {
    const { replyTo, correlationId } = message.properties;
    const { data } = JSON.parse(message.content.toString());
    channel.publish('', replyTo, Buffer.from(JSON.stringify(data)), { correlationId });
    channel.ack(message);
  });
  process.once('SIGTERM', () => connection.close().then(() => process.disconnect()));
}
