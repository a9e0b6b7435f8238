import { TEST_ACTOR } from '@tidegate/testing';
import { FLOW_LIMITS, type CommandData, type FlowReply, type RequestReply } from '@tidegate/contracts';
import { TestAccessFlow } from './harness.js';
import { HOUR, inGroups, Integration, type Person } from './integration.js';

const conflict = (detail: string) =>
  expect.objectContaining({ code: 'conflict', detail: expect.stringContaining(detail) });
const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();

describe('Requests', () => {
  const accessFlow = TestAccessFlow.use();
  let integration: Integration;
  beforeEach(async () => {
    integration = await Integration.create(accessFlow);
  });
  afterEach(async () => expect(await accessFlow.failures()).toEqual([]));

  /** Lets the start of a scheduled grant come, and runs its job. */
  const start = async ({ grantId }: RequestReply) => {
    await accessFlow.rows(`UPDATE access_flow.grants SET starts_at = now() WHERE id = $1`, [grantId]);
    await accessFlow.rows(`UPDATE access_flow.jobs SET run_at = now() WHERE key = $1 AND kind = 'grant.start'`, [
      grantId,
    ]);
    await accessFlow.runDeadlines();
    await accessFlow.runTargets();
  };

  describe('for a later start', () => {
    it('give a scheduled grant, which becomes active at its start and not before', async () => {
      const startsAt = inSeconds(2 * HOUR);
      const request = await integration.request(await integration.flow(), 'alice', { startsAt });
      expect(request).toMatchObject({ status: 'approved', startsAt });
      expect(await integration.grant(request)).toMatchObject({
        status: 'scheduled',
        startsAt,
        endsAt: expect.anything(),
      });
      await accessFlow.runTargets();
      await accessFlow.runDeadlines();
      expect(await integration.members(integration.deploy)).toEqual({});
      await start(request);
      expect(await integration.grant(request)).toMatchObject({ status: 'active' });
      expect(await integration.members(integration.deploy)).toEqual({ alice: 'grant' });
    });

    it.each<[string, (flow: FlowReply) => Promise<unknown>, string]>([
      [
        'the flow is disabled',
        ({ id }) => integration.ask('flows.update', { id, settings: { enabled: false } }),
        'flow_changed',
      ],
      [
        'the group is no longer offered',
        (flow) => integration.edit(flow, { groupIds: [integration.billing] }),
        'flow_changed',
      ],
      [
        'the user is no longer eligible, even if grants are kept',
        () => integration.push(integration.billing, 3, { alice: false }),
        'requester_not_eligible',
      ],
    ])('give no access when %s at the start', async (_, withdraw, endReason) => {
      await integration.push(integration.billing, 2, { alice: true });
      const flow = await integration.flow({ eligibility: inGroups(integration.billing), whenIneligible: 'keep' });
      const request = await integration.request(flow, 'alice', { startsAt: inSeconds(HOUR) });
      await withdraw(flow);
      await start(request);
      expect(await integration.grant(request)).toMatchObject({ status: 'ended', endReason, activatedAt: null });
      expect(await integration.members(integration.deploy)).toEqual({});
    });

    it('end with the deactivation of the user, and can be revoked before the start', async () => {
      const flow = await integration.flow();
      const requests: RequestReply[] = [];
      for (const person of ['alice', 'bob'] as const)
        requests.push(await integration.request(flow, person, { startsAt: inSeconds(HOUR) }));
      await integration.deactivate('alice');
      await integration.ask('grants.revoke', { id: requests[1]!.grantId! });
      for (const request of requests) await start(request);
      for (const request of requests) expect(await integration.grant(request)).toMatchObject({ status: 'ended' });
      expect(await integration.members(integration.deploy)).toEqual({});
    });

    it('are refused only for periods that overlap', async () => {
      const flow = await integration.flow();
      await integration.request(flow, 'alice', { startsAt: inSeconds(2 * HOUR) });
      await expect(integration.request(flow, 'alice', { startsAt: inSeconds(2.5 * HOUR) })).rejects.toEqual(
        conflict('already has a grant'),
      );
      await expect(integration.request(flow, 'alice', { durationSeconds: 3 * HOUR })).rejects.toEqual(
        conflict('already has a grant'),
      );
      expect(await integration.request(flow, 'alice')).toMatchObject({ status: 'approved' });
      expect(await integration.request(flow, 'alice', { startsAt: inSeconds(4 * HOUR) })).toMatchObject({
        status: 'approved',
      });
    });
  });

  it('of one user are limited in number, also for later starts', async () => {
    const flow = await integration.flow();
    const ask = (n: number) =>
      integration.request(flow, 'alice', { startsAt: inSeconds((n + 1) * HOUR), durationSeconds: 60 });
    for (let n = 0; n < FLOW_LIMITS.pendingPerUser; n++) await ask(n);
    await expect(ask(FLOW_LIMITS.pendingPerUser)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('for another user do not tell other members why that user cannot get access', async () => {
    const flow = await integration.flow({ requesters: ['self', 'others'] });
    const byBob = { memberId: integration.people.bob.userId };
    await integration.request(flow, 'alice');
    for (const person of ['alice', 'erin'] as const)
      await expect(integration.request(flow, person, { ...byBob, validateOnly: true })).rejects.toMatchObject({
        code: 'notAllowed',
        detail: 'This user cannot get this access now.',
      });
  });

  it('for another user need a requester who is active', async () => {
    const flow = await integration.flow({ requesters: ['others'], steps: integration.by('carol') });
    accessFlow.actor = {
      kind: 'person',
      issuer: 'https://acme.okta.com',
      subject: 'd',
      userId: integration.people.dan.userId,
    };
    const request = await integration.request(flow, 'alice', { memberId: integration.people.dan.userId });
    accessFlow.actor = TEST_ACTOR;
    await integration.deactivate('dan');
    await expect(integration.request(flow, 'bob', { memberId: integration.people.dan.userId })).rejects.toMatchObject({
      code: 'notAllowed',
    });
    await expect(integration.review(request, 'carol')).rejects.toMatchObject({ code: 'conflict' });
  });

  describe('with an idempotency key', () => {
    const make = (flow: FlowReply, data: Partial<CommandData<'requests.create'>> = {}) =>
      integration.request(flow, 'alice', { idempotencyKey: 'key', ...data });

    it('return the first request when they are repeated, and never revive ended access', async () => {
      const flow = await integration.flow();
      const first = await make(flow);
      expect(await make(flow)).toMatchObject({ id: first.id, grantId: first.grantId });
      await integration.endGrants();
      await accessFlow.runTargets();
      expect(await make(flow)).toMatchObject({ id: first.id, status: 'approved' });
      expect(await integration.grant(first)).toMatchObject({ status: 'ended' });
      await accessFlow.runTargets();
      expect(await integration.members(integration.deploy)).toEqual({});
      expect((await integration.ask('requests.list', { limit: 9 })).items).toHaveLength(1);
    });

    it('are refused with other data, and belong to one user', async () => {
      const flow = await integration.flow();
      const first = await make(flow);
      await expect(make(flow, { durationSeconds: 60 })).rejects.toEqual(conflict('idempotency key'));
      const other = await integration.request(flow, 'bob', { idempotencyKey: 'key' });
      expect(other.id).not.toBe(first.id);
    });

    it('make one request when they are concurrent', async () => {
      const flow = await integration.flow();
      const made = await Promise.all([make(flow), make(flow), make(flow)]);
      expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    });
  });

  describe('under a flow with caps', () => {
    it('are refused when the user has as many live grants as the flow allows', async () => {
      const flow = await integration.flow({ maxGrantsPerUser: 1 });
      const first = await integration.request(flow, 'alice');
      await expect(integration.request(flow, 'alice', { groupId: integration.billing })).rejects.toEqual(
        conflict('the most live grants'),
      );
      expect(await integration.request(flow, 'bob')).toMatchObject({ status: 'approved' });
      await integration.ask('grants.revoke', { id: first.grantId! });
      expect(await integration.request(flow, 'alice', { groupId: integration.billing })).toMatchObject({
        status: 'approved',
      });
    });

    it('are refused when the group has as many, also when they are concurrent', async () => {
      const flow = await integration.flow({ maxGrantsPerGroup: 2 });
      const people: Person[] = ['alice', 'bob', 'carol', 'dan'];
      for (let round = 0; round < 5; round++) {
        const results = await Promise.allSettled(people.map((person) => integration.request(flow, person)));
        expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
        for (const result of results)
          if (result.status === 'rejected') expect(result.reason).toEqual(conflict('This group already has the most'));
        await integration.endGrants();
      }
    });

    it('count again at the approval', async () => {
      const flow = await integration.flow({ maxGrantsPerGroup: 1, steps: integration.by('bob') });
      const requests = [await integration.request(flow, 'alice'), await integration.request(flow, 'carol')];
      await integration.review(requests[0]!, 'bob');
      await expect(integration.review(requests[1]!, 'bob')).rejects.toEqual(
        conflict('This group already has the most'),
      );
      expect((await integration.ask('grants.list', { limit: 9 })).items).toHaveLength(1);
    });
  });
});
