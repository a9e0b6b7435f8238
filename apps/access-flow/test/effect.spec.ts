import { withTrace } from '@tidegate/observability';
import { eventually } from '@tidegate/testing';
import { TestAccessFlow } from './harness.js';
import { Integration } from './integration.js';

const refusal = (code: string) => expect.objectContaining({ code });

describe('Grants at their target', () => {
  const accessFlow = TestAccessFlow.use();
  let integration: Integration;
  beforeEach(async () => {
    integration = await Integration.create(accessFlow);
    accessFlow.target = accessFlow.directoryTarget;
  });
  const backdate = (table: string, column: string) =>
    accessFlow.rows(
      `UPDATE access_flow.${table} SET ${column} = now() - interval '1 second' WHERE integration_id = $1`,
      [integration.id],
    );

  it('a grant ends when its time is over by the database clock', async () => {
    const grant = await integration.requestAccess('alice');
    await accessFlow.runDeadlines();
    expect(await integration.grant(grant)).toMatchObject({ status: 'active' });
    await backdate('grants', 'ends_at');
    await backdate('jobs', 'run_at');
    await accessFlow.runDeadlines();
    expect(await integration.grant(grant)).toMatchObject({ status: 'revoking', endReason: 'expired' });
    await accessFlow.runTargets();
    expect(await integration.grant(grant)).toMatchObject({ status: 'ended', endReason: 'expired' });
    expect(await integration.members(integration.deploy)).toEqual({});
    expect(await accessFlow.rows(`SELECT 1 FROM access_flow.jobs WHERE integration_id = $1`, [integration.id])).toEqual(
      [],
    );
  });

  it('an extended grant stays active after its original end', async () => {
    const grant = await integration.requestAccess('alice');
    const { endsAt } = await integration.ask('grants.extend', { id: grant.grantId, durationSeconds: 600 });
    await backdate('jobs', 'run_at');
    await accessFlow.runDeadlines();
    expect(await integration.grant(grant)).toMatchObject({ status: 'active' });
    const [job] = await accessFlow.rows<{ due_since: Date }>(
      `SELECT due_since FROM access_flow.jobs WHERE kind = 'grant.end' AND key = $1`,
      [grant.grantId],
    );
    expect(job!.due_since.toISOString()).toBe(endsAt);
  });

  it('a request without a review expires, and can be made again', async () => {
    const flow = await integration.reviewedFlow('bob');
    const request = await integration.request(flow, 'alice');
    await backdate('requests', 'expires_at');
    await expect(integration.review(request, 'bob')).rejects.toEqual(refusal('conflict'));
    await backdate('jobs', 'run_at');
    await accessFlow.runDeadlines();
    expect(await integration.ask('requests.get', { id: request.id })).toMatchObject({ status: 'expired' });
    expect(await accessFlow.eventNames(request.id)).toEqual(['request.created', 'request.expired']);
    expect(await integration.request(flow, 'alice')).toMatchObject({ status: 'pending' });
  });

  it('access ends with the last of overlapping grants', async () => {
    const first = await integration.requestAccess('alice');
    const second = await integration.beside(first, () => integration.requestAccess('alice', { durationSeconds: 7200 }));
    await integration.ask('grants.revoke', { id: second.grantId });
    await accessFlow.runTargets();
    expect(await integration.grant(second)).toMatchObject({ status: 'ended', endReason: 'revoked' });
    expect(await integration.members(integration.deploy)).toEqual({ alice: 'grant' });
    await integration.ask('grants.revoke', { id: first.grantId });
    await accessFlow.runTargets();
    expect(await integration.members(integration.deploy)).toEqual({});
  });

  it('revoking twice ends a grant once', async () => {
    const grant = await integration.requestAccess('alice');
    await Promise.all([1, 2, 3].map(() => integration.ask('grants.revoke', { id: grant.grantId })));
    await accessFlow.runTargets();
    expect(await integration.ask('grants.revoke', { id: grant.grantId })).toMatchObject({ status: 'ended' });
    expect(await accessFlow.eventNames(grant.grantId)).toEqual(['grant.activated', 'grant.revoking', 'grant.ended']);
  });

  it('memberships by SCIM and by grant are stored separately: neither removes the other', async () => {
    await integration.push(integration.deploy, 2, { alice: true });
    const grant = await integration.requestAccess('alice');
    expect(await integration.members(integration.deploy)).toEqual({ alice: 'scim+grant' });
    await integration.push(integration.deploy, 3, { alice: false });
    expect(await integration.members(integration.deploy)).toEqual({ alice: 'grant' });
    await integration.push(integration.deploy, 4, { alice: true });
    await integration.ask('grants.revoke', { id: grant.grantId });
    await accessFlow.runTargets();
    const { items } = await integration.ask('memberships.list', { userId: integration.people.alice.userId, limit: 10 });
    expect(items).toMatchObject([{ groupId: integration.deploy, groupName: 'Group', sources: ['scim'], endsAt: null }]);
  });

  it('an inactive user is in no group, and reactivation restores memberships by SCIM', async () => {
    await integration.push(integration.deploy, 2, { alice: true, erin: true });
    expect(await integration.members(integration.deploy)).toEqual({ alice: 'scim' });
    await integration.deactivate('alice');
    expect(await integration.members(integration.deploy)).toEqual({});
    await integration.reactivate('alice');
    expect(await integration.members(integration.deploy)).toEqual({ alice: 'scim' });
  });

  it('chunks and versions of memberships can arrive in any order and repeatedly', async () => {
    const events = [
      integration.pushed(integration.deploy, 2, { alice: true, bob: true }),
      { ...integration.pushed(integration.deploy, 3, { alice: false }), chunk: 1, chunks: 2 },
      { ...integration.pushed(integration.deploy, 3, { carol: true }), chunk: 2, chunks: 2 },
      integration.pushed(integration.deploy, 4, { bob: false, dan: true }),
    ].map((data) => integration.event('group.members.changed', integration.deploy, data));
    for (const index of [3, 2, 0, 1, 2, 0]) await accessFlow.handleEvent(events[index]!);
    expect(await integration.members(integration.deploy)).toEqual({ carol: 'scim', dan: 'scim' });
  });

  it('members of both sources are listed page by page without duplicates', async () => {
    await integration.push(integration.deploy, 2, { alice: true, bob: true, carol: true, dan: true });
    await integration.requestAccess('bob');
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await integration.ask('members.list', { groupId: integration.deploy, limit: 2, cursor });
      names.push(...page.items.map((item) => integration.nameOf(item.userId)));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(names.sort()).toEqual(['alice', 'bob', 'carol', 'dan']);
  });

  it('a failing target is retried without limit, and the grant stays revoking until it confirms', async () => {
    const grant = await integration.requestAccess('alice');
    accessFlow.target = { apply: async () => Promise.reject(new Error('the target is unreachable')) };
    await integration.ask('grants.revoke', { id: grant.grantId });
    for (let attempt = 1; attempt <= 12; attempt++) {
      await accessFlow.runTargets();
      const [job] = await accessFlow.rows(
        `SELECT attempts, urgent, last_error, run_at > now() AND run_at <= now() + interval '60 seconds' AS later
         FROM access_flow.jobs WHERE integration_id = $1 AND kind = 'target.directory'`,
        [integration.id],
      );
      expect(job).toEqual({
        attempts: attempt,
        urgent: true,
        last_error: 'Error: the target is unreachable',
        later: true,
      });
      await backdate('jobs', 'run_at');
    }
    expect(await integration.grant(grant)).toMatchObject({ status: 'revoking', endedAt: null });
    accessFlow.target = accessFlow.directoryTarget;
    await accessFlow.runTargets();
    expect(await integration.grant(grant)).toMatchObject({ status: 'ended' });
  });

  it('the events of a command carry its trace, also those that its target confirms later', async () => {
    const trace = (digit: string) => ({
      traceparent: `00-${digit.repeat(32)}-00f067aa0ba902b7-01`,
      tracestate: 'rojo=1',
    });
    const grant = await withTrace(trace('a'), () => integration.requestAccess('alice'));
    await accessFlow.runTargets();
    await withTrace(trace('b'), () => integration.ask('grants.revoke', { id: grant.grantId }));
    await accessFlow.runTargets();
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

  it('concurrent workers apply each membership once', async () => {
    const flow = await integration.flow();
    const people = ['alice', 'bob', 'carol', 'dan'] as const;
    for (const person of people)
      for (const groupId of [integration.deploy, integration.billing])
        await integration.request(flow, person, { groupId });
    const applied: string[] = [];
    accessFlow.target = {
      apply: async (tx, membership, desired) => {
        applied.push(`${membership.userId} ${membership.groupId} ${desired}`);
        await accessFlow.directoryTarget.apply(tx, membership, desired);
      },
    };
    await Promise.all([accessFlow.runTargets(), accessFlow.runTargets(), accessFlow.runTargets()]);
    expect(applied).toHaveLength(8);
    expect(new Set(applied).size).toBe(8);
    const { items } = await integration.ask('grants.list', { limit: 20 });
    expect(items.map((grant) => [grant.status, grant.version])).toEqual(items.map(() => ['active', 2]));
    for (const grant of items) expect(await accessFlow.eventNames(grant.grantId)).toEqual(['grant.activated']);
  });

  it('revocations are applied before older and newer grants', async () => {
    const grant = await integration.requestAccess('alice');
    const flow = await integration.flow();
    await integration.request(flow, 'bob');
    await integration.ask('grants.revoke', { id: grant.grantId });
    for (const person of ['carol', 'dan'] as const) await integration.request(flow, person);
    const order: string[] = [];
    // Two jobs run at a time, so the first two wait for each other.
    const apply = async (_tx: unknown, _membership: unknown, desired: string) => {
      order.push(desired);
      await eventually(() => expect(order.length).toBeGreaterThan(1));
    };
    accessFlow.target = { apply };
    await accessFlow.runTargets();
    expect(order).toHaveLength(4);
    expect(order.slice(0, 2)).toContain('absent');
  });

  it('no membership is added for a user who is inactive when the job of the target runs', async () => {
    const request = await integration.request(await integration.flow(), 'alice');
    await accessFlow.rows(`UPDATE access_flow.users SET active = false WHERE id = $1`, [
      integration.people.alice.userId,
    ]);
    await accessFlow.runTargets();
    expect(await integration.grant(request)).toMatchObject({ status: 'activating', activatedAt: null });
    const memberships = await accessFlow.rows(
      `SELECT 1 FROM access_flow.directory_memberships WHERE integration_id = $1`,
      [integration.id],
    );
    expect(memberships).toEqual([]);
  });
});
