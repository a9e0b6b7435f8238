import { type Command, type Event, type Lane, Refusal } from '@tidegate/contracts';
import { currentTrace, withTrace } from '@tidegate/observability';
import { eventually } from '@tidegate/testing';
import {
  asking,
  INTEGRATION,
  latch,
  OTHER_INTEGRATION,
  PREFETCH,
  startReceiver,
  startPublisher,
  type Wiring,
} from './system.js';

const TRACE = {
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  tracestate: 'rojo=00f067aa0ba902b7',
};
const connectionRefused = () => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

/** The suite for every transport. */
export function everyTransport(wire: () => Promise<Wiring>): void {
  let wiring: Wiring;
  let publisher: Awaited<ReturnType<typeof startPublisher>>;
  const started: { stop(): Promise<unknown> }[] = [];
  const receive = async (...args: Parameters<typeof startReceiver>) => {
    const receiver = await startReceiver(...args);
    started.push(receiver);
    return receiver;
  };
  const get = (id: string, over = {}) => wiring.transport.client('gateway').ask('users.get', asking(over), { id });

  beforeEach(async () => {
    wiring = await wire();
    publisher = await startPublisher(wiring.transport);
  });
  afterEach(async () => {
    for (const receiver of started.splice(0)) await receiver.stop();
    await publisher.stop();
    await wiring.stop();
  });

  describe('commands', () => {
    it('return the result of the receiver', async () => {
      await receive(wiring.transport, 'identity', { command: ({ data }) => ({ got: data }) });
      await expect(get('alice')).resolves.toEqual({ got: { id: 'alice' } });
    });

    it('return a refusal with its code and message', async () => {
      const command = () => {
        throw new Refusal('notFound', 'There is no such user.');
      };
      await receive(wiring.transport, 'identity', { command });
      await expect(get('alice')).rejects.toMatchObject({ code: 'notFound', detail: 'There is no such user.' });
    });

    it('return a bug as internal, without its message', async () => {
      const command = () => {
        throw new Error('column "secret" does not exist');
      };
      await receive(wiring.transport, 'identity', { command });
      const refusal = await get('alice').catch((error: unknown) => error as Refusal);
      expect(refusal).toMatchObject({ code: 'internal' });
      expect((refusal as Refusal).detail).not.toContain('secret');
    });

    it('end at the deadline if the receiver does not reply', async () => {
      const { opened, open } = latch();
      await receive(wiring.transport, 'identity', { command: () => opened });
      await expect(get('alice', { deadlineAt: Date.now() + 300 })).rejects.toMatchObject({ code: 'deadline' });
      open();
    });

    it('are dropped if their deadline passes before their turn', async () => {
      const seen: string[] = [];
      const { opened, open } = latch();
      const command = async ({ data }: Command) => {
        seen.push((data as { id: string }).id);
        if ((data as { id: string }).id === 'slow') await opened;
        return {};
      };
      await receive(wiring.transport, 'identity', { command }, { ...PREFETCH, commands: 1 });
      const slow = get('slow');
      await eventually(() => expect(seen).toEqual(['slow']));
      await expect(get('late', { deadlineAt: Date.now() + 200 })).rejects.toMatchObject({ code: 'deadline' });
      open();
      await slow;
      await get('next');
      expect(seen).toEqual(['slow', 'next']);
    });

    it.each<Lane>(['normal', 'urgent'])(
      'of the %s lane take turns by integration, however many each integration sent',
      async (lane) => {
        const seen: string[] = [];
        const { opened, open } = latch();
        const command = async ({ data }: Command) => {
          const { id } = data as { id: string };
          if (id === 'marker') return {};
          seen.push(id);
          await opened;
          return {};
        };
        await receive(wiring.transport, 'identity', { command }, { ...PREFETCH, commands: 1, urgentCommands: 1 });
        const urgent = lane === 'urgent';
        const flood = Array.from({ length: 30 }, (_, i) => get(`a${i}`, { urgent }));
        const others = ['b0', 'b1'].map((id) => get(id, { urgent, integrationIds: [OTHER_INTEGRATION] }));
        await get('marker', { urgent: !urgent }); // on the same channel, so the broker has received the earlier commands
        await wiring.taken?.(lane);
        open();
        await Promise.all([...flood, ...others]);
        expect(seen.indexOf('b1')).toBeLessThan(10);
      },
    );

    it('leave a place to other integrations while those of one integration take long', async () => {
      const seen: string[] = [];
      const { opened, open } = latch();
      const command = async ({ data }: Command) => {
        const { id } = data as { id: string };
        seen.push(id);
        if (id.startsWith('a')) await opened;
        return {};
      };
      await receive(wiring.transport, 'identity', { command }, { ...PREFETCH, commands: 3 });
      const flood = Array.from({ length: 10 }, (_, i) => get(`a${i}`));
      await eventually(() => expect(seen).toEqual(['a0', 'a1']));
      await get('b', { integrationIds: [OTHER_INTEGRATION] });
      expect(seen).toEqual(['a0', 'a1', 'b']);
      open();
      await Promise.all(flood);
    });

    it('are sent again with the same id while the receiver’s database is unavailable', async () => {
      const ids: string[] = [];
      const command = ({ commandId }: Command) => {
        ids.push(commandId);
        if (ids.length < 3) throw connectionRefused();
        return { ok: true };
      };
      await receive(wiring.transport, 'identity', { command });
      await expect(get('alice')).resolves.toEqual({ ok: true });
      expect(ids).toHaveLength(3);
      expect(new Set(ids).size).toBe(1);
    });

    it('wait for a receiver that starts later', async () => {
      const reply = get('alice');
      await receive(wiring.transport, 'identity', { command: () => ({ ok: true }) });
      await expect(reply).resolves.toEqual({ ok: true });
    });

    it('are not sent by a service that may not send them', async () => {
      const received: string[] = [];
      await receive(wiring.transport, 'identity', { command: ({ name }) => void received.push(name) });
      const client = wiring.transport.client('access-flow');
      const message = 'access-flow may not send users.get';
      await expect(client.ask('users.get', asking(), { id: 'alice' })).rejects.toThrow(message);
      await get('alice');
      expect(received).toEqual(['users.get']);
    });

    it('in the urgent lane pass a full normal lane', async () => {
      const { opened, open } = latch();
      let blocked = 0;
      const command = async ({ urgent }: Command) => {
        if (urgent) return { passed: true };
        blocked++;
        await opened;
        return {};
      };
      await receive(wiring.transport, 'identity', { command });
      const of = (i: number) => ({ integrationIds: [i % 2 === 0 ? INTEGRATION : OTHER_INTEGRATION] });
      const normal = Array.from({ length: 2 * PREFETCH.commands }, (_, i) => get(`n${i}`, of(i)));
      await eventually(() => expect(blocked).toBe(PREFETCH.commands));
      await expect(get('erin', { urgent: true })).resolves.toEqual({ passed: true });
      open();
      await Promise.all(normal);
    });

    it('are handled at the same time only up to the prefetch', async () => {
      let now = 0;
      let most = 0;
      const gate = latch();
      const command = async () => {
        most = Math.max(most, ++now);
        await gate.opened;
        now--;
        return {};
      };
      await receive(wiring.transport, 'identity', { command });
      const of = (i: number) => ({ integrationIds: [i % 2 === 0 ? INTEGRATION : OTHER_INTEGRATION] });
      const all = Array.from({ length: 3 * PREFETCH.commands }, (_, i) => get(`n${i}`, of(i)));
      await eventually(() => expect(now).toBe(PREFETCH.commands));
      gate.open();
      await Promise.all(all);
      expect(most).toBe(PREFETCH.commands);
    });
  });

  describe('a trace', () => {
    it('reaches the handler of a command', async () => {
      let seen;
      await receive(wiring.transport, 'identity', { command: () => void (seen = currentTrace()) });
      await withTrace(TRACE, () => get('alice'));
      expect(seen).toEqual(TRACE);
    });

    it('reaches the handler of an event through the outbox', async () => {
      const seen: unknown[] = [];
      const event = ({ traceparent, tracestate }: Event) => void seen.push(currentTrace(), { traceparent, tracestate });
      await receive(wiring.transport, 'access-flow', { event });
      await withTrace(TRACE, () => publisher.publish('user.updated', [1]));
      await eventually(() => expect(seen).toEqual([TRACE, TRACE]));
    });
  });

  describe('events', () => {
    it('reach their subscriber and are then deleted from the outbox', async () => {
      const received: Event[] = [];
      await receive(wiring.transport, 'access-flow', { event: (event) => void received.push(event) });
      await publisher.publish('user.updated', [1, 2, 3]);
      await eventually(() => expect(received.map((event) => event.version).sort()).toEqual([1, 2, 3]));
      await eventually(async () => expect(await publisher.outbox()).toEqual([]));
    });

    it('are delivered again after their subscriber threw', async () => {
      let deliveries = 0;
      const event = () => {
        if (++deliveries === 1) throw new Error('a bug');
      };
      await receive(wiring.transport, 'access-flow', { event });
      await publisher.publish('user.updated', [1]);
      await eventually(() => expect(deliveries).toBe(2));
      await eventually(async () => expect(await publisher.outbox()).toEqual([]));
    });

    it('become dead letters with the reason if their subscriber keeps failing, while others are handled', async () => {
      const received: number[] = [];
      const event = ({ version }: Event) => {
        if (version === 13) throw new Error('version 13 is too much');
        received.push(version);
      };
      await receive(wiring.transport, 'access-flow', { event });
      const ids = await publisher.publish('user.updated', [13, 14]);
      const deadLetters = wiring.deadLetters(publisher.database);
      await eventually(() => expect(received).toEqual([14]));
      await eventually(async () =>
        expect(await deadLetters.list(10)).toMatchObject([
          {
            name: 'user.updated',
            subscriber: 'access-flow',
            attempts: 5,
            reason: expect.stringContaining('version 13 is too much') as string,
          },
        ]),
      );
      expect(ids).toContain((await deadLetters.list(10))[0]!.eventId);
    });

    it('are delivered again if an operator redrives the dead letters, and not if the operator discards them', async () => {
      let broken = true;
      const received: number[] = [];
      const event = ({ version }: Event) => {
        if (broken) throw new Error('broken');
        received.push(version);
      };
      await receive(wiring.transport, 'access-flow', { event });
      const deadLetters = wiring.deadLetters(publisher.database);
      await publisher.publish('user.updated', [1, 2]);
      await eventually(async () => expect(await deadLetters.list(10)).toHaveLength(2));
      broken = false;
      const [first, second] = await deadLetters.list(10);
      await expect(deadLetters.redrive(first!.eventId, 'access-flow')).resolves.toBe(true);
      await expect(deadLetters.discard(second!.eventId, 'access-flow')).resolves.toBe(true);
      await expect(deadLetters.discard(second!.eventId, 'access-flow')).resolves.toBe(false);
      await eventually(() => expect(received).toHaveLength(1));
      await eventually(async () => expect(await publisher.outbox()).toEqual([]));
      expect(await deadLetters.list(10)).toEqual([]);
    });

    it('in the urgent lane pass a full normal lane if an operator redrives the dead letters', async () => {
      const { opened, open } = latch();
      let broken = true;
      let blocked = 0;
      const received: string[] = [];
      const event = async ({ id, name }: Event) => {
        if (name === 'user.updated') {
          blocked++;
          return opened;
        }
        if (broken) throw new Error('broken');
        received.push(id);
      };
      await receive(wiring.transport, 'gateway', {});
      await receive(wiring.transport, 'access-flow', { event });
      const deadLetters = wiring.deadLetters(publisher.database);
      const [id = ''] = await publisher.publish('user.deactivated', [1]);
      await eventually(async () => expect(await deadLetters.list(10)).toHaveLength(1));
      broken = false;
      await publisher.publish('user.updated', [1, 2, 3, 4, 5, 6]);
      await eventually(() => expect(blocked).toBe(PREFETCH.events));
      await deadLetters.redrive(id, 'access-flow');
      await eventually(() => expect(received).toEqual([id]));
      open();
      await eventually(async () => expect(await publisher.outbox()).toEqual([]));
    });

    it('are retried without limit, and not counted, while the subscriber’s database is unavailable', async () => {
      let deliveries = 0;
      const event = () => {
        if (++deliveries <= 7) throw connectionRefused();
      };
      await receive(wiring.transport, 'gateway', {});
      await receive(wiring.transport, 'access-flow', { event });
      await publisher.publish('user.deactivated', [1]);
      await eventually(() => expect(deliveries).toBe(8));
      await eventually(async () => expect(await publisher.outbox()).toEqual([]));
      expect(await wiring.deadLetters(publisher.database).list(10)).toEqual([]);
    });

    it('wait for a subscriber that starts later', async () => {
      await publisher.publish('user.deactivated', [1]);
      const received: Event[] = [];
      await receive(wiring.transport, 'access-flow', { event: (event) => void received.push(event) });
      await eventually(() => expect(received).toHaveLength(1));
    });

    it('are handled once if they are delivered twice', async () => {
      let handled = 0;
      let deliveries = 0;
      const event = async (event: Event) => {
        await publisher.once(event, () => handled++);
        if (++deliveries === 1) throw new Error('failed after the commit and before the acknowledgement');
      };
      await receive(wiring.transport, 'access-flow', { event });
      await publisher.publish('user.deactivated', [1]);
      await eventually(() => expect(deliveries).toBe(2));
      expect(handled).toBe(1);
    });

    it('in progress are finished when the service stops, and the others wait for the next start', async () => {
      const finished: number[] = [];
      const { opened, open } = latch();
      let inProgress = 0;
      const first = await startReceiver(
        wiring.transport,
        'access-flow',
        {
          event: async ({ version }) => {
            inProgress++;
            await opened;
            finished.push(version);
          },
        },
        { ...PREFETCH, events: 2 },
      );
      await publisher.publish('user.updated', [1, 2, 3, 4, 5]);
      await eventually(() => expect(inProgress).toBe(2));
      const stopped = first.stop();
      open();
      await stopped;
      const before = finished.length;
      expect(before).toBeGreaterThanOrEqual(2);
      await receive(wiring.transport, 'access-flow', { event: ({ version }) => void finished.push(version) });
      await eventually(() => expect([...finished].sort()).toEqual([1, 2, 3, 4, 5]));
    });

    it('without an integration are deleted from the outbox although no service subscribes to them', async () => {
      await publisher.publishSystemEvent();
      await eventually(async () => expect(await publisher.outbox()).toEqual([]));
    });
  });
}
