import { type Command, type Fact, type Lane, Refusal } from '@tidegate/contracts';
import { eventually } from '@tidegate/testing';
import {
  asking,
  INTEGRATION,
  latch,
  OTHER_INTEGRATION,
  PREFETCH,
  startReceiver,
  startTeller,
  type Wiring,
} from './system.js';

const offline = () => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

/** What every transport promises. */
export function everyTransport(wire: () => Promise<Wiring>): void {
  let wiring: Wiring;
  let teller: Awaited<ReturnType<typeof startTeller>>;
  const started: { stop(): Promise<unknown> }[] = [];
  const receive = async (...args: Parameters<typeof startReceiver>) => {
    const receiver = await startReceiver(...args);
    started.push(receiver);
    return receiver;
  };
  const get = (id: string, over = {}) => wiring.transport.client('gateway').ask('users.get', asking(over), { id });

  beforeEach(async () => {
    wiring = await wire();
    teller = await startTeller(wiring.transport);
  });
  afterEach(async () => {
    for (const receiver of started.splice(0)) await receiver.stop();
    await teller.stop();
    await wiring.stop();
  });

  describe('commands', () => {
    it('bring back what the receiver returned', async () => {
      await receive(wiring.transport, 'identity', { command: ({ data }) => ({ got: data }) });
      await expect(get('alice')).resolves.toEqual({ got: { id: 'alice' } });
    });

    it('bring back a refusal with its code and sentence', async () => {
      const command = () => {
        throw new Refusal('notFound', 'There is no such user.');
      };
      await receive(wiring.transport, 'identity', { command });
      await expect(get('alice')).rejects.toMatchObject({ code: 'notFound', detail: 'There is no such user.' });
    });

    it('tell a bug as internal and nothing of its text', async () => {
      const command = () => {
        throw new Error('column "secret" does not exist');
      };
      await receive(wiring.transport, 'identity', { command });
      const refusal = await get('alice').catch((error: unknown) => error as Refusal);
      expect(refusal).toMatchObject({ code: 'internal' });
      expect((refusal as Refusal).detail).not.toContain('secret');
    });

    it('end at the deadline when the receiver does not answer', async () => {
      const { opened, open } = latch();
      await receive(wiring.transport, 'identity', { command: () => opened });
      await expect(get('alice', { deadlineAt: Date.now() + 300 })).rejects.toMatchObject({ code: 'deadline' });
      open();
    });

    it('are dropped, not applied, when their deadline passed before their turn', async () => {
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
      'of the %s lane take turns by integration, whoever sent more before',
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
        await get('marker', { urgent: !urgent }); // on the same channel: what was sent before has come to the broker
        await wiring.taken?.(lane);
        open();
        await Promise.all([...flood, ...others]);
        expect(seen.indexOf('b1')).toBeLessThan(10);
      },
    );

    it('leave a place to other integrations while all of one take long', async () => {
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

    it('are sent again under the same id while the receiver’s database is away', async () => {
      const ids: string[] = [];
      const command = ({ commandId }: Command) => {
        ids.push(commandId);
        if (ids.length < 3) throw offline();
        return { ok: true };
      };
      await receive(wiring.transport, 'identity', { command });
      await expect(get('alice')).resolves.toEqual({ ok: true });
      expect(ids).toHaveLength(3);
      expect(new Set(ids).size).toBe(1);
    });

    it('wait for a receiver that starts later', async () => {
      const answer = get('alice');
      await receive(wiring.transport, 'identity', { command: () => ({ ok: true }) });
      await expect(answer).resolves.toEqual({ ok: true });
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

    it('are worked on no more than the prefetch at once', async () => {
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

  describe('facts', () => {
    it('reach their hearer and then leave the outbox', async () => {
      const heard: Fact[] = [];
      await receive(wiring.transport, 'access-flow', { fact: (fact) => void heard.push(fact) });
      await teller.tell('user.updated', [1, 2, 3]);
      await eventually(() => expect(heard.map((fact) => fact.version).sort()).toEqual([1, 2, 3]));
      await eventually(async () => expect(await teller.outbox()).toEqual([]));
    });

    it('are delivered again after their hearer threw', async () => {
      let deliveries = 0;
      const fact = () => {
        if (++deliveries === 1) throw new Error('a bug');
      };
      await receive(wiring.transport, 'access-flow', { fact });
      await teller.tell('user.updated', [1]);
      await eventually(() => expect(deliveries).toBe(2));
      await eventually(async () => expect(await teller.outbox()).toEqual([]));
    });

    it('are set aside with the reason when their hearer goes on refusing, while others pass', async () => {
      const heard: number[] = [];
      const fact = ({ version }: Fact) => {
        if (version === 13) throw new Error('version 13 is too much');
        heard.push(version);
      };
      await receive(wiring.transport, 'access-flow', { fact });
      const ids = await teller.tell('user.updated', [13, 14]);
      const quarantine = wiring.quarantine(teller.database);
      await eventually(() => expect(heard).toEqual([14]));
      await eventually(async () =>
        expect(await quarantine.list(10)).toMatchObject([
          {
            name: 'user.updated',
            hearer: 'access-flow',
            attempts: 5,
            reason: expect.stringContaining('version 13 is too much') as string,
          },
        ]),
      );
      expect(ids).toContain((await quarantine.list(10))[0]!.factId);
    });

    it('go to their hearer again when an operator redrives them, and never when he discards them', async () => {
      let broken = true;
      const heard: number[] = [];
      const fact = ({ version }: Fact) => {
        if (broken) throw new Error('broken');
        heard.push(version);
      };
      await receive(wiring.transport, 'access-flow', { fact });
      const quarantine = wiring.quarantine(teller.database);
      await teller.tell('user.updated', [1, 2]);
      await eventually(async () => expect(await quarantine.list(10)).toHaveLength(2));
      broken = false;
      const [first, second] = await quarantine.list(10);
      await expect(quarantine.redrive(first!.factId, 'access-flow')).resolves.toBe(true);
      await expect(quarantine.discard(second!.factId, 'access-flow')).resolves.toBe(true);
      await expect(quarantine.discard(second!.factId, 'access-flow')).resolves.toBe(false);
      await eventually(() => expect(heard).toHaveLength(1));
      await eventually(async () => expect(await teller.outbox()).toEqual([]));
      expect(await quarantine.list(10)).toEqual([]);
    });

    it('are tried without end, and never counted, while the hearer’s database is away', async () => {
      let deliveries = 0;
      const fact = () => {
        if (++deliveries <= 7) throw offline();
      };
      await receive(wiring.transport, 'gateway', {});
      await receive(wiring.transport, 'access-flow', { fact });
      await teller.tell('user.deactivated', [1]);
      await eventually(() => expect(deliveries).toBe(8));
      await eventually(async () => expect(await teller.outbox()).toEqual([]));
      expect(await wiring.quarantine(teller.database).list(10)).toEqual([]);
    });

    it('wait for a hearer that starts later', async () => {
      await teller.tell('user.deactivated', [1]);
      const heard: Fact[] = [];
      await receive(wiring.transport, 'access-flow', { fact: (fact) => void heard.push(fact) });
      await eventually(() => expect(heard).toHaveLength(1));
    });

    it('are handled once although they are delivered twice', async () => {
      let handled = 0;
      let deliveries = 0;
      const fact = async (fact: Fact) => {
        await teller.once(fact, () => handled++);
        if (++deliveries === 1) throw new Error('died after the commit and before the acknowledgement');
      };
      await receive(wiring.transport, 'access-flow', { fact });
      await teller.tell('user.deactivated', [1]);
      await eventually(() => expect(deliveries).toBe(2));
      expect(handled).toBe(1);
    });

    it('in hand are finished when the service stops, and the others wait for the next start', async () => {
      const finished: number[] = [];
      const { opened, open } = latch();
      let inHand = 0;
      const first = await startReceiver(
        wiring.transport,
        'access-flow',
        {
          fact: async ({ version }) => {
            inHand++;
            await opened;
            finished.push(version);
          },
        },
        { ...PREFETCH, facts: 2 },
      );
      await teller.tell('user.updated', [1, 2, 3, 4, 5]);
      await eventually(() => expect(inHand).toBe(2));
      const stopped = first.stop();
      open();
      await stopped;
      const before = finished.length;
      expect(before).toBeGreaterThanOrEqual(2);
      await receive(wiring.transport, 'access-flow', { fact: ({ version }) => void finished.push(version) });
      await eventually(() => expect([...finished].sort()).toEqual([1, 2, 3, 4, 5]));
    });
  });
}
