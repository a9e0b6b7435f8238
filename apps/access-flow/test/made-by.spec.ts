import { type Actor, type CommandData, type CommandName, type CommandReply } from '@tidegate/contracts';
import { TEST_ACTOR } from '@tidegate/testing';
import { TestAccessFlow } from './harness.js';
import { HOUR, Integration, type Person } from './integration.js';

describe('The stored actor', () => {
  const accessFlow = TestAccessFlow.use();
  let integration: Integration;
  beforeEach(async () => {
    integration = await Integration.create(accessFlow);
  });

  const person = (name: Person): Actor => ({
    kind: 'person',
    issuer: 'https://acme.okta.com',
    subject: `00u-${name}`,
    userId: integration.people[name].userId,
    network: '203.0.113.0/24',
  });
  const key: Actor = { kind: 'apiKey', keyId: 'configured', name: 'help desk' };
  async function as<N extends CommandName>(actor: Actor, name: N, data: CommandData<N>): Promise<CommandReply<N>> {
    accessFlow.actor = actor;
    try {
      return await integration.ask(name, data);
    } finally {
      accessFlow.actor = TEST_ACTOR;
    }
  }
  /** @returns names and actors of the events of a subject, ordered by version */
  const events = (subject: string) =>
    accessFlow.rows<{ name: string; actor: Actor }>(
      `SELECT name, actor FROM access_flow.outbox WHERE subject = $1 AND name <> 'request.notification.due' ORDER BY version`,
      [subject],
    );

  it('of a flow is the one who created it and the one who last updated it, not a deactivated approver', async () => {
    const flow = await as(person('dan'), 'flows.create', integration.newFlow({ steps: integration.by('bob') }));
    expect(flow).toMatchObject({ createdBy: person('dan'), updatedBy: null });
    const updated = await as(key, 'flows.update', { id: flow.id, settings: { maxDurationSeconds: HOUR } });
    expect(updated).toMatchObject({ createdBy: person('dan'), updatedBy: key });
    await integration.deactivate('bob');
    expect(await integration.ask('flows.get', { id: flow.id })).toMatchObject({ updatedBy: key, version: 2 });
  });

  it('of requests, reviews, extensions and revocations is returned and in the events', async () => {
    const { id: flowId } = await integration.reviewedFlow('bob');
    const input = {
      flowId,
      userId: integration.people.alice.userId,
      groupId: integration.deploy,
      durationSeconds: HOUR,
    };
    const request = await as(person('alice'), 'requests.create', input);
    expect(request).toMatchObject({ requestedBy: person('alice'), reviews: [] });
    const review = { id: request.id, reviewerId: integration.people.bob.userId, verdict: 'approve' as const };
    const reviewed = await as(key, 'requests.review', review);
    expect(reviewed).toMatchObject({
      requestedBy: person('alice'),
      reviews: [{ reviewerId: integration.people.bob.userId, reviewedBy: key }],
    });
    await accessFlow.runTargets();
    const id = reviewed.grantId!;
    expect(await integration.ask('grants.get', { id })).toMatchObject({ extendedBy: null, revokedBy: null });
    expect(await as(person('dan'), 'grants.extend', { id, durationSeconds: 60 })).toMatchObject({
      extendedBy: person('dan'),
      revokedBy: null,
    });
    expect(await as(person('alice'), 'grants.revoke', { id })).toMatchObject({
      extendedBy: person('dan'),
      revokedBy: person('alice'),
    });
    expect(await events(request.id)).toEqual([
      { name: 'request.created', actor: person('alice') },
      { name: 'request.approved', actor: key },
    ]);
    expect((await events(id)).map(({ actor }) => actor)).toEqual([key, person('dan'), person('alice')]);
  });

  it('of the end of a grant is the one who revoked it, even before it was active', async () => {
    const { id: flowId } = await integration.flow();
    const input = {
      flowId,
      userId: integration.people.alice.userId,
      groupId: integration.deploy,
      durationSeconds: HOUR,
    };
    const { grantId } = await as(person('alice'), 'requests.create', input);
    await as(person('dan'), 'grants.revoke', { id: grantId! });
    await accessFlow.runTargets();
    expect(await events(grantId!)).toEqual([
      { name: 'grant.revoking', actor: person('dan') },
      { name: 'grant.ended', actor: person('dan') },
    ]);
  });

  it('of a grant that ended is the one who deactivated the user, or the expiry job', async () => {
    const [deactivated, expired] = [await integration.requestAccess('alice'), await integration.requestAccess('bob')];
    const actor: Actor = { kind: 'scim', integrationId: integration.id, credentialId: 'token' };
    const event = integration.userEvent(integration.next('alice', { active: false }), 'user.deactivated');
    await accessFlow.handleEvent({ ...event, actor });
    expect(await integration.grant(deactivated)).toMatchObject({ revokedBy: actor });
    for (const sql of [
      `UPDATE access_flow.grants SET ends_at = now() - interval '1 second' WHERE id = $1`,
      `UPDATE access_flow.jobs SET run_at = now() - interval '1 second' WHERE key = $1::uuid::text`,
    ])
      await accessFlow.rows(sql, [expired.grantId]);
    await accessFlow.runDeadlines();
    expect(await integration.grant(expired)).toMatchObject({ revokedBy: { kind: 'system', job: 'expiry' } });
  });

  it('of a request cannot approve it as another approver or through an own API key', async () => {
    const request = await integration.request(await integration.reviewedFlow('bob'), 'alice');
    const review = { id: request.id, reviewerId: integration.people.bob.userId, verdict: 'approve' as const };
    const maker = { issuer: 'https://acme.okta.com', subject: '00u-alice', userId: integration.people.alice.userId };
    for (const actor of [person('alice'), { ...key, maker }])
      await expect(as(actor, 'requests.review', review)).rejects.toMatchObject({ code: 'notAllowed' });
    expect(await integration.ask('requests.get', { id: request.id })).toMatchObject({ status: 'pending', reviews: [] });
    const keyOfDan = { ...key, maker: { ...maker, userId: integration.people.dan.userId } };
    expect(await as(keyOfDan, 'requests.review', review)).toMatchObject({ status: 'approved' });
  });

  it('of a request for another user cannot approve it, but can deny it', async () => {
    const { id: flowId } = await integration.reviewedFlow('bob', 'carol');
    const input = {
      flowId,
      userId: integration.people.alice.userId,
      groupId: integration.deploy,
      durationSeconds: HOUR,
    };
    const request = await as(person('bob'), 'requests.create', input);
    const review = (name: Person, verdict: 'approve' | 'deny') =>
      ({ id: request.id, reviewerId: integration.people[name].userId, verdict }) as const;
    const maker = { issuer: 'https://acme.okta.com', subject: '00u-bob', userId: integration.people.bob.userId };
    for (const [actor, name] of [
      [person('bob'), 'bob'],
      [key, 'bob'],
      [{ ...key, maker }, 'carol'],
    ] as const)
      await expect(as(actor, 'requests.review', review(name, 'approve'))).rejects.toMatchObject({ code: 'notAllowed' });
    expect(await integration.ask('requests.get', { id: request.id })).toMatchObject({ status: 'pending', reviews: [] });
    expect(await as(person('bob'), 'requests.review', review('bob', 'deny'))).toMatchObject({ status: 'denied' });
    const second = await as({ ...key, maker }, 'requests.create', input);
    const approval = { ...review('carol', 'approve'), id: second.id };
    expect(await as(person('carol'), 'requests.review', approval)).toMatchObject({ status: 'approved' });
  });
});
