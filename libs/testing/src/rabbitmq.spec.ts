import { connect } from 'amqplib';
import { eventually } from './eventually.js';
import { type PrivateRabbit } from './private-rabbit.js';
import { privateRabbitAvailable, startPrivateRabbit } from './rabbitmq.js';

(privateRabbitAvailable() ? describe : describe.skip)('a private RabbitMQ', () => {
  let rabbit: PrivateRabbit;

  beforeAll(async () => {
    rabbit = await startPrivateRabbit();
  });

  afterAll(() => rabbit.stop());

  it('keeps confirmed messages when it is killed and started again at the same URL', async () => {
    const queue = { durable: true, arguments: { 'x-queue-type': 'quorum' } };
    const before = await connect(rabbit.url);
    before.on('error', () => undefined);
    const publisher = await before.createConfirmChannel();
    publisher.on('error', () => undefined);
    await publisher.assertQueue('kept', queue);
    publisher.sendToQueue('kept', Buffer.from('42'), { persistent: true });
    await publisher.waitForConfirms();
    await rabbit.kill();
    await expect(connect(rabbit.url)).rejects.toThrow('ECONNREFUSED');
    await rabbit.start();
    const after = await connect(rabbit.url);
    after.on('error', () => undefined);
    const channel = await after.createChannel();
    await eventually(async () => {
      const message = await channel.get('kept', { noAck: true });
      if (!message) throw new Error('nothing yet');
      expect(message.content.toString()).toBe('42');
    });
    await after.close();
  });
});
