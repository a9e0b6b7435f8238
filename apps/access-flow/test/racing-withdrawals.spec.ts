import { type FlowRecord, type FlowSettings, Refusal, type RequestRecord } from '@tidegate/contracts';
import { eventually } from '@tidegate/testing';
import { TestAccessFlow } from './harness.js';
import { HOUR, Integration, type Person } from './integration.js';

/** The error of a race: commands may be refused, and nothing else may go wrong. */
const refusalOf = (result: PromiseSettledResult<unknown>): Refusal | undefined => {
  if (result.status === 'fulfilled') return undefined;
  expect(result.reason).toBeInstanceOf(Refusal);
  return result.reason as Refusal;
};

describe('Racing a withdrawal', () => {
  let accessFlow: TestAccessFlow;
  let org: Integration;
  let flow: FlowRecord;
  /** Of the members of billing. */
  let version = 2;
  beforeAll(async () => {
    accessFlow = await TestAccessFlow.open();
  });
  afterAll(() => accessFlow.close());
  beforeEach(async () => {
    org = await Integration.begin(accessFlow);
    await org.push(org.billing, 2, { alice: true });
    flow = await org.flow({
      requesters: { kind: 'members_of', groupIds: [org.billing] },
      approval: by('bob', 'carol'),
    });
  });
  // A client repeats a command that met a deadlock, and the repeat may succeed: so failed attempts are counted.
  afterEach(async () => expect(await accessFlow.failures()).toEqual([]));

  const by = (...people: Person[]) => ({
    kind: 'one_approver' as const,
    approverIds: people.map((name) => org.people[name].userId),
  });
  const edit = (settings: Partial<FlowSettings>) => org.ask('flows.update', { id: flow.id, settings });
  const shown = ({ id }: RequestRecord) => org.ask('requests.get', { id });

  /** Waits until so many transactions wait for a lock. */
  const waiting = (transactions: number) =>
    eventually(async () =>
      expect(
        await accessFlow.rows(
          `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        ),
      ).toHaveLength(transactions),
    );

  /** Begins the work while a change of the flow is not committed, and commits it once the work waits for it. */
  async function duringChange<T>(change: string, work: () => Promise<T>): Promise<PromiseSettledResult<T>> {
    const other = await accessFlow.owner.connect();
    try {
      await other.query('BEGIN');
      await other.query(`UPDATE access_flow.flows SET ${change} WHERE id = $1`, [flow.id]);
      const working = Promise.allSettled([work()]);
      await waiting(1);
      await other.query('COMMIT');
      return (await working)[0];
    } finally {
      other.release();
    }
  }

  /** Begins each work while a request is locked, in their order, each once those before it wait; then unlocks it. */
  async function whileLocked({ id }: RequestRecord, works: (() => Promise<unknown>)[]): Promise<void> {
    const other = await accessFlow.owner.connect();
    try {
      await other.query('BEGIN');
      await other.query(`SELECT 1 FROM access_flow.requests WHERE id = $1 FOR UPDATE`, [id]);
      const begun: Promise<unknown>[] = [];
      for (const work of works) await waiting(begun.push(work()));
      await other.query('COMMIT');
      await Promise.all(begun);
    } finally {
      other.release();
    }
  }

  it.each([
    [`enabled = false`, 'disabled'],
    [`group_ids = '{}'`, 'no longer offers'],
    [`approver_ids = '{}'`, 'no longer an approver'],
    [`requester_group_ids = '{}'`, 'no longer request'],
  ])('an approval waits for a change under way (%s) and obeys it', async (change, says) => {
    const request = await org.request(flow, 'alice');
    const result = await duringChange(change, () => org.review(request, 'bob'));
    expect(refusalOf(result)?.detail).toContain(says);
    expect((await org.ask('grants.list', { limit: 9 })).items).toEqual([]);
  });

  it('an approval that waits for a lower maximum grants no more', async () => {
    const request = await org.request(flow, 'alice');
    const result = await duringChange('max_duration_seconds = 60', () => org.review(request, 'bob'));
    expect(refusalOf(result)).toBeUndefined();
    const grant = await org.grant(await shown(request));
    expect(Date.parse(grant.endsAt) - Date.parse(grant.createdAt)).toBe(60_000);
  });

  it.each([
    [`enabled = false`, 'disabled'],
    [`group_ids = '{}'`, 'no longer offers'],
    [`max_duration_seconds = ${HOUR}`, '3600 seconds'],
  ])('an extension waits for a change under way (%s) and obeys it', async (change, says) => {
    const { id } = await org.review(await org.request(flow, 'alice'), 'bob');
    await accessFlow.settleTargets();
    const { grantId } = await org.ask('requests.get', { id });
    const result = await duringChange(change, () => org.ask('grants.extend', { id: grantId!, durationSeconds: 60 }));
    expect(refusalOf(result)?.detail).toContain(says);
  });

  /** Runs both at once, many times, each first in half of the rounds. */
  async function race(
    first: () => Promise<unknown>,
    second: () => Promise<unknown>,
    round: number,
  ): Promise<[Refusal | undefined, Refusal | undefined]> {
    const order = round % 2 === 0 ? [first, second] : [second, first];
    const results = await Promise.allSettled(order.map((run) => run()));
    const [a, b] = results.map(refusalOf);
    return round % 2 === 0 ? [a, b] : [b, a];
  }

  it.each<[string, () => Promise<unknown>, () => Promise<unknown>]>([
    [
      'a flow that no longer offers the group',
      () => edit({ groupIds: [org.billing] }),
      () => edit({ groupIds: [org.deploy, org.billing] }),
    ],
    [
      'a requester who leaves the group of requesters',
      () => org.push(org.billing, ++version, { alice: false }),
      () => org.push(org.billing, ++version, { alice: true }),
    ],
  ])('an approval that races %s is done before it, or cancelled', async (_, withdraw, restore) => {
    for (let round = 0; round < 40; round++) {
      const request = await org.request(flow, 'alice');
      const [refused, failed] = await race(() => org.review(request, 'bob'), withdraw, round);
      expect(failed).toBeUndefined();
      const { status, grantId } = await shown(request);
      expect([round, status, grantId !== null]).toEqual([
        round,
        refused ? 'cancelled' : 'approved',
        refused === undefined,
      ]);
      await restore();
    }
  });
  it.each<[string, () => Promise<unknown>, () => Promise<unknown>, object]>([
    [
      'being taken out of the flow',
      () => edit({ approval: by('carol') }),
      () => edit({ approval: by('bob', 'carol') }),
      { status: 'pending', undecidable: false },
    ],
    [
      'being deactivated',
      () => org.leaves('bob'),
      () => org.returns('bob').then(() => edit({ approval: by('bob', 'carol') })),
      { status: 'pending', undecidable: false },
    ],
  ])('an approver who approves while %s counts before it, or not at all', async (_, withdraw, restore, otherwise) => {
    for (let round = 0; round < 40; round++) {
      const request = await org.request(flow, 'alice');
      const [refused, failed] = await race(() => org.review(request, 'bob'), withdraw, round);
      expect(failed).toBeUndefined();
      expect([round, await shown(request)]).toMatchObject([
        round,
        refused ? { ...otherwise, approval: by('carol'), grantId: null } : { status: 'approved' },
      ]);
      if (refused) await org.ask('requests.cancel', { id: request.id });
      await restore();
    }
  });

  it('members who leave while the approvers are replaced do not bring the former ones back', async () => {
    await org.push(org.deploy, 2, { alice: true });
    const requesters = { kind: 'members_of' as const, groupIds: [org.billing, org.deploy] };
    await edit({ requesters, approval: by('bob') });
    const request = await org.request(flow, 'alice');
    await whileLocked(request, [
      () => edit({ approval: by('carol') }),
      () => org.push(org.billing, 3, { alice: false }),
    ]);
    expect(await shown(request)).toMatchObject({ status: 'pending', approval: by('carol'), undecidable: false });
    expect(await org.review(request, 'carol')).toMatchObject({ status: 'approved' });
  });

  it('members of a group that is no longer synced, and a change of their flow, meet no deadlock', async () => {
    const request = await org.request(flow, 'alice');
    const unsynced = { ...org.pushed(org.billing, 3, { alice: false }), synced: false, syncVersion: 3 };
    await whileLocked(request, [
      () => org.tell('group.members.changed', org.billing, unsynced),
      () => edit({ approval: by('carol') }),
    ]);
    expect(await shown(request)).toMatchObject({ status: 'cancelled', statusReason: 'requester_not_eligible' });
  });

  it('a request that races the leaving of its requester is never left pending', async () => {
    for (let round = 0; round < 40; round++) {
      await race(
        () => org.request(flow, 'alice'),
        () => org.push(org.billing, ++version, { alice: false }),
        round,
      );
      expect([round, await org.ask('requests.count', {})]).toEqual([round, { openRequests: 0 }]);
      await org.push(org.billing, ++version, { alice: true });
    }
  });

  it('narrowing, leaving and reviewing at once meet no deadlock', async () => {
    for (let round = 0; round < 30; round++) {
      await org.push(org.billing, ++version, { alice: true, dan: true });
      const requests = [await org.request(flow, 'alice'), await org.request(flow, 'dan')];
      const all = [
        () => org.review(requests[0]!, 'bob'),
        () => org.review(requests[1]!, 'carol', 'deny'),
        () => edit({ groupIds: [org.billing] }),
        () => org.push(org.billing, ++version, { dan: false }),
        () => org.leaves('carol'),
      ];
      for (let turn = 0; turn < round % all.length; turn++) all.push(all.shift()!);
      (await Promise.allSettled(all.map((run) => run()))).forEach(refusalOf);
      expect(await org.ask('requests.count', {})).toEqual({ openRequests: 0 });
      await org.returns('carol');
      await edit({ groupIds: [org.deploy, org.billing], approval: by('bob', 'carol') });
    }
  });
});
