import { type FlowReply, type FlowSettings, Refusal, type RequestReply } from '@tidegate/contracts';
import { eventually } from '@tidegate/testing';
import { TestAccessFlow } from './harness.js';
import { HOUR, inGroups, Integration, type Person } from './integration.js';

/** @returns the Refusal of a rejected command; fails on any other error */
const refusalOf = (result: PromiseSettledResult<unknown>): Refusal | undefined => {
  if (result.status === 'fulfilled') return undefined;
  expect(result.reason).toBeInstanceOf(Refusal);
  return result.reason as Refusal;
};

describe('Commands concurrent with a change', () => {
  const accessFlow = TestAccessFlow.use();
  let integration: Integration;
  let flow: FlowReply;
  /** Version of the members of billing. */
  let version = 2;
  beforeEach(async () => {
    integration = await Integration.create(accessFlow);
    await integration.push(integration.billing, 2, { alice: true });
    flow = await integration.flow({
      eligibility: inGroups(integration.billing),
      steps: by('bob', 'carol'),
    });
  });
  // Clients repeat commands after a deadlock, so this checks failed attempts instead of results.
  afterEach(async () => expect(await accessFlow.failures()).toEqual([]));

  const by = (...people: Person[]) => integration.by(...people);
  const edit = (settings: Partial<FlowSettings>) => integration.edit(flow, settings);
  const read = ({ id }: RequestReply) => integration.ask('requests.get', { id });

  /** Waits until `transactions` transactions wait for a lock. */
  const waiting = (transactions: number) =>
    eventually(async () =>
      expect(
        await accessFlow.rows(
          `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        ),
      ).toHaveLength(transactions),
    );

  /** Starts the work during an uncommitted change of the flow, and commits the change once the work waits for its lock. */
  async function duringChange<T>(change: string, work: () => Promise<T>): Promise<PromiseSettledResult<T>> {
    const other = await accessFlow.owner.connect();
    try {
      await other.query('BEGIN');
      await other.query(`UPDATE access_flow.flows SET ${change} WHERE id = $1`, [flow.id]);
      const result = Promise.allSettled([work()]);
      await waiting(1);
      await other.query('COMMIT');
      return (await result)[0];
    } finally {
      other.release();
    }
  }

  /** Starts each work while a request is locked, after the previous one waits for the lock; then releases the lock. */
  async function whileLocked({ id }: RequestReply, works: (() => Promise<unknown>)[]): Promise<void> {
    const other = await accessFlow.owner.connect();
    try {
      await other.query('BEGIN');
      await other.query(`SELECT 1 FROM access_flow.requests WHERE id = $1 FOR UPDATE`, [id]);
      const started: Promise<unknown>[] = [];
      for (const work of works) await waiting(started.push(work()));
      await other.query('COMMIT');
      await Promise.all(started);
    } finally {
      other.release();
    }
  }

  it.each([
    [`enabled = false`, 'disabled'],
    [`group_ids = '{}'`, 'no longer offers'],
    [`rules = jsonb_set(rules, '{steps,0,approvers}', '[]')`, 'not an approver'],
    [`rules = jsonb_set(rules, '{eligibility}', '{"kind":"any","conditions":[]}')`, 'no longer eligible'],
  ])('an approval waits for an uncommitted change (%s) and applies it', async (change, detail) => {
    const request = await integration.request(flow, 'alice');
    const result = await duringChange(change, () => integration.review(request, 'bob'));
    expect(refusalOf(result)?.detail).toContain(detail);
    expect((await integration.ask('grants.list', { limit: 9 })).items).toEqual([]);
  });

  it('an approval waits for a lower maximum and applies it', async () => {
    const request = await integration.request(flow, 'alice');
    const result = await duringChange(`rules = jsonb_set(rules, '{maxDurationSeconds}', '60')`, () =>
      integration.review(request, 'bob'),
    );
    expect(refusalOf(result)).toBeUndefined();
    const grant = await integration.grant(await read(request));
    expect(Date.parse(grant.endsAt) - Date.parse(grant.createdAt)).toBe(60_000);
  });

  it.each([
    [`enabled = false`, 'disabled'],
    [`group_ids = '{}'`, 'no longer offers'],
    [`rules = jsonb_set(rules, '{maxDurationSeconds}', '${HOUR}')`, '3600 seconds'],
  ])('an extension waits for an uncommitted change (%s) and applies it', async (change, detail) => {
    const { id } = await integration.review(await integration.request(flow, 'alice'), 'bob');
    await accessFlow.runTargets();
    const { grantId } = await integration.ask('requests.get', { id });
    const result = await duringChange(change, () =>
      integration.ask('grants.extend', { id: grantId!, durationSeconds: 60 }),
    );
    expect(refusalOf(result)?.detail).toContain(detail);
  });

  /** Runs both concurrently; in odd rounds the second starts first. @returns their Refusals */
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
      'removing the group from the flow',
      () => edit({ groupIds: [integration.billing] }),
      () => edit({ groupIds: [integration.deploy, integration.billing] }),
    ],
    [
      'removing the requester from the requester group',
      () => integration.push(integration.billing, ++version, { alice: false }),
      () => integration.push(integration.billing, ++version, { alice: true }),
    ],
  ])('an approval concurrent with %s succeeds, or its request is cancelled', async (_, withdraw, restore) => {
    for (let round = 0; round < 40; round++) {
      const request = await integration.request(flow, 'alice');
      const [refused, failed] = await race(() => integration.review(request, 'bob'), withdraw, round);
      expect(failed).toBeUndefined();
      const { status, grantId } = await read(request);
      expect([round, status, grantId !== null]).toEqual([
        round,
        refused ? 'cancelled' : 'approved',
        refused === undefined,
      ]);
      await integration.endGrants();
      await restore();
    }
  });
  it.each<[string, () => Promise<unknown>, () => Promise<unknown>, object]>([
    [
      'being removed from the flow',
      () => edit({ steps: by('carol') }),
      () => edit({ steps: by('bob', 'carol') }),
      { status: 'pending', undecidable: false },
    ],
    [
      'being deactivated',
      () => integration.deactivate('bob'),
      () => integration.reactivate('bob').then(() => edit({ steps: by('bob', 'carol') })),
      { status: 'pending', undecidable: false },
    ],
  ])('an approval concurrent with the approver %s succeeds, or is refused', async (_, withdraw, restore, otherwise) => {
    for (let round = 0; round < 40; round++) {
      const request = await integration.request(flow, 'alice');
      const [refused, failed] = await race(() => integration.review(request, 'bob'), withdraw, round);
      expect(failed).toBeUndefined();
      expect([round, await read(request)]).toMatchObject([
        round,
        refused ? { ...otherwise, grantId: null } : { status: 'approved' },
      ]);
      if (refused) await integration.ask('requests.cancel', { id: request.id });
      await integration.endGrants();
      await restore();
    }
  });

  it('a member removed while approvers are replaced does not restore the former approvers', async () => {
    await integration.push(integration.deploy, 2, { alice: true });
    const eligibility = inGroups(integration.billing, integration.deploy);
    await edit({ eligibility, steps: by('bob') });
    const request = await integration.request(flow, 'alice');
    await whileLocked(request, [
      () => edit({ steps: by('carol') }),
      () => integration.push(integration.billing, 3, { alice: false }),
    ]);
    expect(await read(request)).toMatchObject({ status: 'pending', undecidable: false });
    expect(integration.deciders(await read(request))).toEqual(['carol']);
    expect(await integration.review(request, 'carol')).toMatchObject({ status: 'approved' });
  });

  it('unsyncing a group and changing its flow concurrently cause no deadlock', async () => {
    const request = await integration.request(flow, 'alice');
    const unsynced = { ...integration.pushed(integration.billing, 3, { alice: false }), synced: false, syncVersion: 3 };
    await whileLocked(request, [
      () => integration.publish('group.members.changed', integration.billing, unsynced),
      () => edit({ steps: by('carol') }),
    ]);
    expect(await read(request)).toMatchObject({ status: 'cancelled', statusReason: 'requester_not_eligible' });
  });

  it('a request concurrent with the removal of its requester from the group does not stay pending', async () => {
    for (let round = 0; round < 40; round++) {
      await race(
        () => integration.request(flow, 'alice'),
        () => integration.push(integration.billing, ++version, { alice: false }),
        round,
      );
      expect([round, await integration.ask('requests.count', {})]).toEqual([round, { openRequests: 0 }]);
      await integration.push(integration.billing, ++version, { alice: true });
    }
  });

  it('concurrent flow changes, removals and reviews cause no deadlock', async () => {
    for (let round = 0; round < 30; round++) {
      await integration.push(integration.billing, ++version, { alice: true, dan: true });
      const requests = [await integration.request(flow, 'alice'), await integration.request(flow, 'dan')];
      const all = [
        () => integration.review(requests[0]!, 'bob'),
        () => integration.review(requests[1]!, 'carol', 'deny'),
        () => edit({ groupIds: [integration.billing] }),
        () => integration.push(integration.billing, ++version, { dan: false }),
        () => integration.deactivate('carol'),
      ];
      for (let turn = 0; turn < round % all.length; turn++) all.push(all.shift()!);
      (await Promise.allSettled(all.map((run) => run()))).forEach(refusalOf);
      expect(await integration.ask('requests.count', {})).toEqual({ openRequests: 0 });
      await integration.endGrants();
      await integration.reactivate('carol');
      await edit({ groupIds: [integration.deploy, integration.billing], steps: by('bob', 'carol') });
    }
  });
});
