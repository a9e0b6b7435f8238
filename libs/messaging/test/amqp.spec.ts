import { type Fact, type Lane } from '@tidegate/contracts';
import { AmqpQuarantine, amqpTransport } from '@tidegate/messaging';
import {
  amqpTests,
  brokerFaultTests,
  eventually,
  type PrivateRabbit,
  startPrivateRabbit,
  testBroker,
} from '@tidegate/testing';
import { type ChannelModel, connect } from 'amqplib';
import { everyTransport } from './every-transport.js';
import { asking, INTEGRATION, latch, OTHER_INTEGRATION, startReceiver, startTeller, type Wiring } from './system.js';

async function wire(url: string, prefix: string): Promise<Wiring> {
  const transport = await amqpTransport({ url, prefix });
  const second = await amqpTransport({ url, prefix });
  const isTaken = async (lane: Lane) => {
    const admin = await connect(url);
    try {
      const channel = await admin.createChannel();
      const queue = `${prefix}identity.commands${lane === 'urgent' ? '.urgent' : ''}`;
      return (await channel.checkQueue(queue)).messageCount === 0;
    } finally {
      await admin.close();
    }
  };
  return {
    transport,
    second,
    quarantine: () => new AmqpQuarantine({ url, prefix }),
    taken: (lane) => eventually(async () => expect(await isTaken(lane)).toBe(true)),
    stop: async () => {
      await transport.close();
      await second.close();
    },
  };
}

amqpTests('AMQP transport', () => {
  let broker: Awaited<ReturnType<typeof testBroker>>;
  const wired = async () => {
    broker = await testBroker();
    const wiring = await wire(broker.url, broker.prefix);
    return { ...wiring, stop: () => wiring.stop().then(() => broker.drop()) };
  };

  everyTransport(wired);

  describe('on a broker', () => {
    let wiring: Wiring;
    let admin: ChannelModel;
    let teller: Awaited<ReturnType<typeof startTeller>>;
    beforeEach(async () => {
      wiring = await wired();
      admin = await connect(broker.url);
      teller = await startTeller(wiring.transport);
    });
    afterEach(async () => {
      await teller.stop();
      await admin.close();
      await wiring.stop();
    });

    it('notices a fact that no queue takes, keeps it, and delivers it once a queue is there', async () => {
      const channel = await admin.createChannel();
      const queue = `${broker.prefix}access-flow.facts.urgent`;
      await channel.unbindQueue(queue, `${broker.prefix}tidegate.facts`, 'user.deactivated.*');
      await teller.tell('user.deactivated', [1]);
      await eventually(async () =>
        expect(await teller.outbox()).toMatchObject([
          { state: 'due', reason: 'no queue is bound for user.deactivated' },
        ]),
      );
      const heard: Fact[] = [];
      const receiver = await startReceiver(wiring.second!, 'access-flow', { fact: (fact) => void heard.push(fact) });
      await eventually(() => expect(heard).toHaveLength(1));
      await receiver.stop();
    });

    it('notices that one of two hearers has no queue, keeps the fact, and does not keep it from the other', async () => {
      const heard: Fact[] = [];
      const fact = (told: Fact) => void heard.push(told);
      const first = await startReceiver(wiring.transport, 'access-flow', { fact });
      const channel = await admin.createChannel();
      await channel.deleteQueue(`${broker.prefix}gateway.facts.urgent`);
      await teller.tell('user.deactivated', [1]);
      await eventually(async () =>
        expect(await teller.outbox()).toMatchObject([
          { state: 'due', reason: `there is no queue ${broker.prefix}gateway.facts.urgent` },
        ]),
      );
      await eventually(() => expect(heard.length).toBeGreaterThan(0));
      const second = await startReceiver(wiring.second!, 'gateway', { fact });
      await eventually(async () => expect(await teller.outbox()).toEqual([]));
      await first.stop();
      await second.stop();
    });

    it('goes on receiving after the broker cancelled its consumers', async () => {
      const heard: number[] = [];
      const receiver = await startReceiver(wiring.transport, 'access-flow', {
        fact: ({ version }) => void heard.push(version),
      });
      const channel = await admin.createChannel();
      await channel.deleteQueue(`${broker.prefix}access-flow.facts`);
      await channel.deleteQueue(`${broker.prefix}access-flow.facts.urgent`);
      await teller.tell('user.updated', [1]);
      await teller.tell('user.deactivated', [2]);
      await eventually(() => expect([...heard].sort()).toEqual([1, 2]));
      await receiver.stop();
    });

    it('shares commands and facts between two consumers', async () => {
      const by = { first: 0, second: 0 };
      const gate = latch();
      const handlers = (who: 'first' | 'second') => ({
        command: async () => {
          by[who]++;
          await gate.opened;
          return {};
        },
      });
      const receivers = [
        await startReceiver(wiring.transport, 'identity', handlers('first')),
        await startReceiver(wiring.second!, 'identity', handlers('second')),
      ];
      const client = wiring.transport.client('gateway');
      // The broker gives every second command to the same consumer.
      const of = (i: number) => ({ integrationIds: [i % 4 < 2 ? INTEGRATION : OTHER_INTEGRATION] });
      const all = Array.from({ length: 8 }, (_, i) => client.ask('users.get', asking(of(i)), { id: String(i) }));
      await eventually(() => expect(by).toEqual({ first: 4, second: 4 }));
      gate.open();
      await Promise.all(all);
      for (const receiver of receivers) await receiver.stop();
    });

    it('tells facts as CloudEvents that other teams can bind to by name and integration', async () => {
      const channel = await admin.createChannel();
      const { queue } = await channel.assertQueue('', { exclusive: true });
      await channel.bindQueue(queue, `${broker.prefix}tidegate.facts`, `user.*.${INTEGRATION}`);
      await teller.tell('user.deactivated', [7]);
      await eventually(async () => {
        const message = await channel.get(queue, { noAck: true });
        if (!message) throw new Error('nothing yet');
        expect(message.properties.contentType).toBe('application/cloudevents+json');
        expect(JSON.parse(message.content.toString())).toMatchObject({
          specversion: '1.0',
          type: 'user.deactivated',
          source: '/tidegate/identity',
          integrationid: INTEGRATION,
          sequence: '7',
          data: { userName: 'alice@acme.example' },
        });
      });
    });

    it('sets aside what does not parse, at once, and goes on', async () => {
      const heard: number[] = [];
      const receiver = await startReceiver(wiring.transport, 'access-flow', {
        fact: ({ version }) => void heard.push(version),
      });
      const channel = await admin.createConfirmChannel();
      const queue = `${broker.prefix}access-flow.facts`;
      channel.sendToQueue(queue, Buffer.from('{"type":'), { messageId: 'broken', type: 'user.updated' });
      channel.sendToQueue(queue, Buffer.from('{"type":"user.updated"}'), { messageId: 'empty', type: 'user.updated' });
      await teller.tell('user.updated', [1]);
      await eventually(() => expect(heard).toEqual([1]));
      await eventually(async () =>
        expect((await wiring.quarantine(teller.database).list(10)).map((fact) => fact.factId).sort()).toEqual([
          'broken',
          'empty',
        ]),
      );
      await receiver.stop();
    });
  });
});

brokerFaultTests('AMQP transport, its broker killed', () => {
  let rabbit: PrivateRabbit;
  beforeAll(async () => {
    rabbit = await startPrivateRabbit();
  });
  afterAll(() => rabbit.stop());

  it('answers commands and delivers every fact after kill -9 of the broker in mid-flight', async () => {
    const wiring = await wire(rabbit.url, '');
    const teller = await startTeller(wiring.transport);
    const heard = new Set<number>();
    const receivers = [
      await startReceiver(wiring.transport, 'identity', { command: ({ data }) => ({ got: data }) }),
      await startReceiver(wiring.transport, 'access-flow', { fact: ({ version }) => void heard.add(version) }),
    ];
    const versions = Array.from({ length: 300 }, (_, i) => i + 1);
    await teller.tell('user.deactivated', versions.slice(0, 150));
    await eventually(() => expect(heard.size).toBeGreaterThan(0));
    await rabbit.kill();
    await teller.tell('user.deactivated', versions.slice(150));
    const asked = Array.from({ length: 20 }, (_, i) =>
      wiring.transport
        .client('gateway')
        .ask('users.get', asking({ deadlineAt: Date.now() + 300_000 }), { id: String(i) }),
    );
    await rabbit.start();
    await expect(Promise.all(asked)).resolves.toHaveLength(20);
    await eventually(() => expect(heard.size).toBe(300));
    await eventually(async () => expect(await teller.outbox()).toEqual([]));
    for (const receiver of receivers) await receiver.stop();
    await teller.stop();
    await wiring.stop();
  });
});
