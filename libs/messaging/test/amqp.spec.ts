import { type Event, type Lane } from '@tidegate/contracts';
import { AmqpDeadLetters, amqpTransport } from '@tidegate/messaging';
import { withTrace } from '@tidegate/observability';
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
import { asking, INTEGRATION, latch, OTHER_INTEGRATION, startReceiver, startPublisher, type Wiring } from './system.js';

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
    deadLetters: () => new AmqpDeadLetters({ url, prefix }),
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
    let publisher: Awaited<ReturnType<typeof startPublisher>>;
    beforeEach(async () => {
      wiring = await wired();
      admin = await connect(broker.url);
      publisher = await startPublisher(wiring.transport);
    });
    afterEach(async () => {
      await publisher.stop();
      await admin.close();
      await wiring.stop();
    });

    it('keeps an event whose subscriber has no queue, also if other teams have one, and logs the subscriber', async () => {
      const channel = await admin.createChannel();
      const { queue: others } = await channel.assertQueue('', { exclusive: true });
      await channel.bindQueue(others, `${broker.prefix}tidegate.events`, '#');
      const exchange = `${broker.prefix}tidegate.events.access-flow`;
      const queue = `${broker.prefix}access-flow.events.urgent`;
      await channel.unbindQueue(queue, exchange, 'user.deactivated.*');
      const isKept = async (events: number) => {
        const open = (await publisher.outbox()).filter(({ state }) => state === 'due');
        const reason = `no queue for user.deactivated is bound to ${exchange}`;
        expect(open).toEqual(Array(events).fill(expect.objectContaining({ subscriber: 'access-flow', reason })));
      };
      await publisher.publish('user.deactivated', [1]);
      await eventually(() => isKept(1));
      await channel.deleteQueue(queue);
      await publisher.publish('user.deactivated', [2]);
      await eventually(() => isKept(2));
      expect(publisher.warnings()).toContainEqual(
        expect.objectContaining({ msg: 'A subscriber of events is unavailable', subscriber: 'access-flow' }),
      );
      expect(await publisher.metrics.text()).toMatch(
        /tidegate_event_deliveries_failed_total\{subscriber="access-flow",.*\} [1-9]/,
      );
      // Other teams received each event once: a retry publishes only to subscribers that have not received it.
      expect((await channel.checkQueue(others)).messageCount).toBe(2);
      const received: number[] = [];
      const receiver = await startReceiver(wiring.second!, 'access-flow', {
        event: ({ version }) => void received.push(version),
      });
      await eventually(() => expect([...received].sort()).toEqual([1, 2]));
      await eventually(async () => expect(await publisher.outbox()).toEqual([]));
      await receiver.stop();
    });

    it('keeps an event for one subscriber without a queue, and delivers it to the other', async () => {
      const received: Event[] = [];
      const event = (event: Event) => void received.push(event);
      const first = await startReceiver(wiring.transport, 'access-flow', { event });
      const channel = await admin.createChannel();
      await channel.deleteQueue(`${broker.prefix}gateway.events.urgent`);
      await publisher.publish('user.deactivated', [1]);
      await eventually(async () =>
        expect((await publisher.outbox()).filter(({ state }) => state === 'due')).toMatchObject([
          {
            subscriber: 'gateway',
            reason: `no queue for user.deactivated is bound to ${broker.prefix}tidegate.events.gateway`,
          },
        ]),
      );
      await eventually(() => expect(received.length).toBeGreaterThan(0));
      const second = await startReceiver(wiring.second!, 'gateway', { event });
      await eventually(async () => expect(await publisher.outbox()).toEqual([]));
      await first.stop();
      await second.stop();
    });

    it('declares removed bindings and queues again while it runs', async () => {
      const transport = await amqpTransport({ ...broker, service: 'access-flow', rebindMs: 50 });
      const received: number[] = [];
      const event = ({ version }: Event) => void received.push(version);
      const receiver = await startReceiver(transport, 'access-flow', { event });
      const channel = await admin.createChannel();
      const deadLetters = `${broker.prefix}access-flow.dead-letters`;
      await channel.deleteQueue(deadLetters);
      await channel.unbindQueue(
        `${broker.prefix}access-flow.events.urgent`,
        `${broker.prefix}tidegate.events.access-flow`,
        'user.deactivated.*',
      );
      await publisher.publish('user.deactivated', [1]);
      await eventually(() => expect(received).toEqual([1]));
      await eventually(async () => {
        const looking = await admin.createChannel();
        looking.on('error', () => undefined);
        await looking.checkQueue(deadLetters);
      });
      await receiver.stop();
      await transport.close();
    });

    it('moves an event with the routing key of another to the dead-letter queue: the broker checks only the key', async () => {
      const received: string[] = [];
      const receiver = await startReceiver(wiring.transport, 'access-flow', {
        event: ({ id }) => void received.push(id),
      });
      const channel = await admin.createConfirmChannel();
      const { queue } = await channel.assertQueue('', { exclusive: true });
      await channel.bindQueue(queue, `${broker.prefix}tidegate.events`, '#');
      const [id] = await publisher.publish('user.deactivated', [1]);
      await eventually(() => expect(received).toEqual([id]));
      const event = await channel.get(queue, { noAck: true });
      if (!event) throw new Error('Other teams did not receive the event.');
      const key = `user.updated.${INTEGRATION}`;
      const forged = { messageId: 'forged', type: 'user.updated' };
      channel.publish(`${broker.prefix}tidegate.events.access-flow`, key, event.content, forged);
      const deadLetters = wiring.deadLetters(publisher.database);
      const reason = `The routing key ${key} does not match the message, which requires user.deactivated.${INTEGRATION}.`;
      await eventually(async () => expect(await deadLetters.list(10)).toMatchObject([{ eventId: 'forged', reason }]));
      await deadLetters.redrive('forged', 'access-flow');
      await eventually(async () => expect(await deadLetters.list(10)).toMatchObject([{ eventId: 'forged', reason }]));
      expect(received).toEqual([id]);
      await receiver.stop();
    });

    it('continues to receive after the broker cancelled its consumers', async () => {
      const received: number[] = [];
      const receiver = await startReceiver(wiring.transport, 'access-flow', {
        event: ({ version }) => void received.push(version),
      });
      const channel = await admin.createChannel();
      await channel.deleteQueue(`${broker.prefix}access-flow.events`);
      await channel.deleteQueue(`${broker.prefix}access-flow.events.urgent`);
      await publisher.publish('user.updated', [1]);
      await publisher.publish('user.deactivated', [2]);
      await eventually(() => expect([...received].sort()).toEqual([1, 2]));
      await receiver.stop();
    });

    it('shares commands and events between two consumers', async () => {
      const by = { first: 0, second: 0 };
      const gate = latch();
      const handlers = (consumer: 'first' | 'second') => ({
        command: async () => {
          by[consumer]++;
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

    it('publishes events as CloudEvents, to which other teams can bind by name and integration', async () => {
      const channel = await admin.createChannel();
      const { queue } = await channel.assertQueue('', { exclusive: true });
      await channel.bindQueue(queue, `${broker.prefix}tidegate.events`, `user.*.${INTEGRATION}`);
      await publisher.publish('user.deactivated', [7]);
      await eventually(async () => {
        const message = await channel.get(queue, { noAck: true });
        if (!message) throw new Error('no message yet');
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

    it('delivers an event without an integration to bound queues, and handles it once in an unscoped transaction', async () => {
      const channel = await admin.createChannel();
      const queue = `${broker.prefix}access-flow.events`;
      await channel.bindQueue(queue, `${broker.prefix}tidegate.events`, '*.*.system');
      const received: Event[] = [];
      const event = (event: Event) => publisher.once(event, () => received.push(event));
      const receiver = await startReceiver(wiring.transport, 'access-flow', { event });
      await publisher.publishSystemEvent();
      await publisher.publish('user.updated', [1]);
      await eventually(() => expect(received).toHaveLength(2));
      expect(received.find(({ name }) => name === 'api_key.revoked')).toMatchObject({
        integrationId: null,
        version: 2,
      });
      await eventually(async () => expect(await publisher.inbox()).toHaveLength(2));
      expect(await publisher.inbox([INTEGRATION])).toEqual([{ integration_id: INTEGRATION }]);
      await receiver.stop();
    });

    it('acknowledges and counts unknown events, which do not become dead letters', async () => {
      const received: number[] = [];
      const receiver = await startReceiver(wiring.transport, 'access-flow', {
        event: ({ version }) => void received.push(version),
      });
      const channel = await admin.createConfirmChannel();
      const queue = `${broker.prefix}access-flow.events`;
      for (const type of ['user.promoted', 'user.praised'])
        channel.sendToQueue(
          queue,
          Buffer.from(JSON.stringify({ specversion: '1.0', id: type, source: '/elsewhere', type })),
          { type },
        );
      await publisher.publish('user.updated', [1]);
      await eventually(() => expect(received).toEqual([1]));
      await eventually(async () =>
        expect(await receiver.metrics.text()).toContain(
          'tidegate_events_ignored_total{name="unknown",service="access-flow"} 2',
        ),
      );
      expect(await wiring.deadLetters(publisher.database).list(10)).toEqual([]);
      await receiver.stop();
    });

    it('publishes the trace of commands and events in headers too', async () => {
      const channel = await admin.createChannel();
      const { queue } = await channel.assertQueue('', { exclusive: true });
      await channel.bindQueue(queue, `${broker.prefix}tidegate.events`, '#');
      await channel.bindQueue(queue, `${broker.prefix}tidegate.commands.identity`, '#');
      const trace = { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', tracestate: 'rojo=1' };
      await withTrace(trace, () => publisher.publish('user.updated', [1]));
      const asked = withTrace(trace, () =>
        wiring.transport
          .client('gateway')
          .ask('users.get', asking({ deadlineAt: Date.now() + 1_000 }), { id: 'alice' }),
      );
      const headers: unknown[] = [];
      await eventually(async () => {
        for (let message; (message = await channel.get(queue, { noAck: true }));)
          headers.push(message.properties.headers);
        expect(headers).toHaveLength(2);
      });
      expect(headers).toContainEqual(trace);
      expect(headers).toContainEqual({ ...trace, 'x-fairness-key': INTEGRATION });
      await expect(asked).rejects.toMatchObject({ code: 'deadline' });
    });

    it('moves events that it cannot decode to the dead-letter queue at once, and continues', async () => {
      const received: number[] = [];
      const receiver = await startReceiver(wiring.transport, 'access-flow', {
        event: ({ version }) => void received.push(version),
      });
      const channel = await admin.createConfirmChannel();
      const queue = `${broker.prefix}access-flow.events`;
      channel.sendToQueue(queue, Buffer.from('{"type":'), { messageId: 'broken', type: 'user.updated' });
      channel.sendToQueue(queue, Buffer.from('{"type":"user.updated"}'), { messageId: 'empty', type: 'user.updated' });
      await publisher.publish('user.updated', [1]);
      await eventually(() => expect(received).toEqual([1]));
      await eventually(async () =>
        expect((await wiring.deadLetters(publisher.database).list(10)).map((event) => event.eventId).sort()).toEqual([
          'broken',
          'empty',
        ]),
      );
      await receiver.stop();
    });
  });
});

brokerFaultTests('AMQP transport after kill -9 of the broker', () => {
  let rabbit: PrivateRabbit;
  beforeAll(async () => {
    rabbit = await startPrivateRabbit();
  });
  afterAll(() => rabbit.stop());

  it('replies to all commands and delivers all events that were in progress', async () => {
    const wiring = await wire(rabbit.url, '');
    const publisher = await startPublisher(wiring.transport);
    const received = new Set<number>();
    const receivers = [
      await startReceiver(wiring.transport, 'identity', { command: ({ data }) => ({ got: data }) }),
      await startReceiver(wiring.transport, 'access-flow', { event: ({ version }) => void received.add(version) }),
    ];
    const versions = Array.from({ length: 300 }, (_, i) => i + 1);
    await publisher.publish('user.deactivated', versions.slice(0, 150));
    await eventually(() => expect(received.size).toBeGreaterThan(0));
    await rabbit.kill();
    await publisher.publish('user.deactivated', versions.slice(150));
    const asked = Array.from({ length: 20 }, (_, i) =>
      wiring.transport
        .client('gateway')
        .ask('users.get', asking({ deadlineAt: Date.now() + 300_000 }), { id: String(i) }),
    );
    await rabbit.start();
    await expect(Promise.all(asked)).resolves.toHaveLength(20);
    await eventually(() => expect(received.size).toBe(300));
    await eventually(async () => expect(await publisher.outbox()).toEqual([]));
    for (const receiver of receivers) await receiver.stop();
    await publisher.stop();
    await wiring.stop();
  });
});
