import { withTrace } from '@tidegate/observability';
import { TestAccessFlow } from './harness.js';
import { Integration } from './integration.js';

const refusal = (code: string) => expect.objectContaining({ code });

describe('Putting into effect', () => {
  let accessFlow: TestAccessFlow;
  let org: Integration;
  beforeAll(async () => {
    accessFlow = await TestAccessFlow.open();
  });
  afterAll(() => accessFlow.close());
  beforeEach(async () => {
    org = await Integration.begin(accessFlow);
    accessFlow.target = accessFlow.directoryTarget;
  });
  const backdate = (table: string, column: string) =>
    accessFlow.rows(
      `UPDATE access_flow.${table} SET ${column} = now() - interval '1 second' WHERE integration_id = $1`,
      [org.id],
    );

  it('a grant ends when its time is over by the clock of the database', async () => {
    const grant = await org.requestAccess('alice');
    await accessFlow.meetDeadlines();
    expect(await org.grant(grant)).toMatchObject({ status: 'active' });
    await backdate('grants', 'ends_at');
    await backdate('deadlines', 'due_at');
    await accessFlow.meetDeadlines();
    expect(await org.grant(grant)).toMatchObject({ status: 'revoking', endReason: 'expired' });
    await accessFlow.settleTargets();
    expect(await org.grant(grant)).toMatchObject({ status: 'ended', endReason: 'expired' });
    expect(await org.members(org.deploy)).toEqual({});
    expect(await accessFlow.rows(`SELECT 1 FROM access_flow.deadlines WHERE integration_id = $1`, [org.id])).toEqual(
      [],
    );
  });

  it('a grant that was extended outlives its first end', async () => {
    const grant = await org.requestAccess('alice');
    const { endsAt } = await org.ask('grants.extend', { id: grant.grantId, durationSeconds: 600 });
    await backdate('deadlines', 'due_at');
    await accessFlow.meetDeadlines();
    expect(await org.grant(grant)).toMatchObject({ status: 'active' });
    const [deadline] = await accessFlow.rows<{ due_at: Date }>(
      `SELECT due_at FROM access_flow.deadlines WHERE id = $1`,
      [grant.grantId],
    );
    expect(deadline!.due_at.toISOString()).toBe(endsAt);
  });

  it('a request nobody reviews in time expires and can be asked again', async () => {
    const flow = await org.reviewedFlow('bob');
    const request = await org.request(flow, 'alice');
    await backdate('requests', 'expires_at');
    await expect(org.review(request, 'bob')).rejects.toEqual(refusal('conflict'));
    await backdate('deadlines', 'due_at');
    await accessFlow.meetDeadlines();
    expect(await org.ask('requests.get', { id: request.id })).toMatchObject({ status: 'expired' });
    expect(await accessFlow.told(request.id)).toEqual(['request.created', 'request.expired']);
    expect(await org.request(flow, 'alice')).toMatchObject({ status: 'pending' });
  });

  it('of overlapping grants the last one ends the access', async () => {
    const [first, second] = [
      await org.requestAccess('alice'),
      await org.requestAccess('alice', { durationSeconds: 7200 }),
    ];
    await org.ask('grants.revoke', { id: second.grantId });
    await accessFlow.settleTargets();
    expect(await org.grant(second)).toMatchObject({ status: 'ended', endReason: 'revoked' });
    expect(await org.members(org.deploy)).toEqual({ alice: 'grant' });
    await org.ask('grants.revoke', { id: first.grantId });
    await accessFlow.settleTargets();
    expect(await org.members(org.deploy)).toEqual({});
  });

  it('revoking twice ends once', async () => {
    const grant = await org.requestAccess('alice');
    await Promise.all([1, 2, 3].map(() => org.ask('grants.revoke', { id: grant.grantId })));
    await accessFlow.settleTargets();
    expect(await org.ask('grants.revoke', { id: grant.grantId })).toMatchObject({ status: 'ended' });
    expect(await accessFlow.told(grant.grantId)).toEqual(['grant.activated', 'grant.revoking', 'grant.ended']);
  });

  it('pushed and borrowed membership are kept apart: neither takes the other away', async () => {
    await org.push(org.deploy, 2, { alice: true });
    const grant = await org.requestAccess('alice');
    expect(await org.members(org.deploy)).toEqual({ alice: 'scim+grant' });
    await org.push(org.deploy, 3, { alice: false });
    expect(await org.members(org.deploy)).toEqual({ alice: 'grant' });
    await org.push(org.deploy, 4, { alice: true });
    await org.ask('grants.revoke', { id: grant.grantId });
    await accessFlow.settleTargets();
    const { items } = await org.ask('memberships.list', { userId: org.people.alice.userId, limit: 10 });
    expect(items).toMatchObject([{ groupId: org.deploy, groupName: 'Group', sources: ['scim'], endsAt: null }]);
  });

  it('an inactive user is in no group, and pushed memberships are there again on return', async () => {
    await org.push(org.deploy, 2, { alice: true, erin: true });
    expect(await org.members(org.deploy)).toEqual({ alice: 'scim' });
    await org.leaves('alice');
    expect(await org.members(org.deploy)).toEqual({});
    await org.returns('alice');
    expect(await org.members(org.deploy)).toEqual({ alice: 'scim' });
  });

  it('chunks and versions of memberships may come in any order and more than once', async () => {
    const events = [
      org.pushed(org.deploy, 2, { alice: true, bob: true }),
      { ...org.pushed(org.deploy, 3, { alice: false }), chunk: 1, chunks: 2 },
      { ...org.pushed(org.deploy, 3, { carol: true }), chunk: 2, chunks: 2 },
      org.pushed(org.deploy, 4, { bob: false, dan: true }),
    ].map((data) => org.event('group.members.changed', org.deploy, data));
    for (const index of [3, 2, 0, 1, 2, 0]) await accessFlow.handleEvent(events[index]!);
    expect(await org.members(org.deploy)).toEqual({ carol: 'scim', dan: 'scim' });
  });

  it('members are read page by page, from both sources, without repeats', async () => {
    await org.push(org.deploy, 2, { alice: true, bob: true, carol: true, dan: true });
    await org.requestAccess('bob');
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await org.ask('members.list', { groupId: org.deploy, limit: 2, cursor });
      names.push(...page.items.map((item) => org.nameOf(item.userId)));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(names.sort()).toEqual(['alice', 'bob', 'carol', 'dan']);
  });

  it('a target that fails is tried again for ever, and the grant stays revoking until it confirms', async () => {
    const grant = await org.requestAccess('alice');
    accessFlow.target = { apply: async () => Promise.reject(new Error('the target is away')) };
    await org.ask('grants.revoke', { id: grant.grantId });
    for (let attempt = 1; attempt <= 12; attempt++) {
      await accessFlow.settleTargets();
      const [work] = await accessFlow.rows(
        `SELECT attempts, urgent, last_error, next_try_at > now() AND next_try_at <= now() + interval '60 seconds' AS later
         FROM access_flow.target_work WHERE integration_id = $1`,
        [org.id],
      );
      expect(work).toEqual({ attempts: attempt, urgent: true, last_error: 'Error: the target is away', later: true });
      await backdate('target_work', 'next_try_at');
    }
    expect(await org.grant(grant)).toMatchObject({ status: 'revoking', endedAt: null });
    accessFlow.target = accessFlow.directoryTarget;
    await accessFlow.settleTargets();
    expect(await org.grant(grant)).toMatchObject({ status: 'ended' });
  });

  it('the events of a command carry its trace, also those that its target confirms later', async () => {
    const trace = (digit: string) => ({
      traceparent: `00-${digit.repeat(32)}-00f067aa0ba902b7-01`,
      tracestate: 'rojo=1',
    });
    const grant = await withTrace(trace('a'), () => org.requestAccess('alice'));
    await accessFlow.settleTargets();
    await withTrace(trace('b'), () => org.ask('grants.revoke', { id: grant.grantId }));
    await accessFlow.settleTargets();
    expect(
      await accessFlow.rows(
        'SELECT name, traceparent, tracestate FROM access_flow.outbox WHERE subject = $1 ORDER BY version',
        [grant.grantId],
      ),
    ).toEqual([
      { name: 'grant.activated', ...trace('a') },
      { name: 'grant.revoking', ...trace('b') },
      { name: 'grant.ended', ...trace('b') },
    ]);
  });

  it('two workers share the work, and each membership is settled once', async () => {
    const flow = await org.flow();
    const people = ['alice', 'bob', 'carol', 'dan'] as const;
    for (const person of people)
      for (const groupId of [org.deploy, org.billing]) await org.request(flow, person, { groupId });
    const applied: string[] = [];
    accessFlow.target = {
      apply: async (tx, membership, desired) => {
        applied.push(`${membership.userId} ${membership.groupId} ${desired}`);
        await accessFlow.directoryTarget.apply(tx, membership, desired);
      },
    };
    await Promise.all([accessFlow.settleTargets(), accessFlow.settleTargets(), accessFlow.settleTargets()]);
    expect(applied).toHaveLength(8);
    expect(new Set(applied).size).toBe(8);
    const { items } = await org.ask('grants.list', { limit: 20 });
    expect(items.map((grant) => [grant.status, grant.version])).toEqual(items.map(() => ['active', 2]));
    for (const grant of items) expect(await accessFlow.told(grant.grantId)).toEqual(['grant.activated']);
  });

  it('revocations go before grants, older and newer', async () => {
    const grant = await org.requestAccess('alice');
    const flow = await org.flow();
    await org.request(flow, 'bob');
    await org.ask('grants.revoke', { id: grant.grantId });
    await org.request(flow, 'carol');
    const order: string[] = [];
    accessFlow.target = { apply: async (_tx, _membership, desired) => void order.push(desired) };
    await accessFlow.settleTargets();
    expect(order).toEqual(['absent', 'present', 'present']);
  });

  it('nothing is put into effect for a user who is inactive by then, whatever the grants say', async () => {
    const request = await org.request(await org.flow(), 'alice');
    await accessFlow.rows(`UPDATE access_flow.users SET active = false WHERE id = $1`, [org.people.alice.userId]);
    await accessFlow.settleTargets();
    expect(await org.grant(request)).toMatchObject({ status: 'activating', activatedAt: null });
    const held = await accessFlow.rows(`SELECT 1 FROM access_flow.directory_memberships WHERE integration_id = $1`, [
      org.id,
    ]);
    expect(held).toEqual([]);
  });
});
