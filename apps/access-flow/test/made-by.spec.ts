import { type Actor, type CommandData, type CommandName, type CommandReply } from '@tidegate/contracts';
import { TEST_ACTOR } from '@tidegate/testing';
import { TestAccessFlow } from './harness.js';
import { HOUR, Integration, type Person } from './integration.js';

describe('Who did it', () => {
  let accessFlow: TestAccessFlow;
  let org: Integration;
  beforeAll(async () => {
    accessFlow = await TestAccessFlow.open();
  });
  afterAll(() => accessFlow.close());
  beforeEach(async () => {
    org = await Integration.begin(accessFlow);
  });

  const person = (name: Person): Actor => ({
    kind: 'person',
    issuer: 'https://acme.okta.com',
    subject: `00u-${name}`,
    userId: org.people[name].userId,
    network: '203.0.113.0/24',
  });
  const key: Actor = { kind: 'apiKey', keyId: 'configured', name: 'help desk' };
  async function as<N extends CommandName>(actor: Actor, name: N, data: CommandData<N>): Promise<CommandReply<N>> {
    accessFlow.actor = actor;
    try {
      return await org.ask(name, data);
    } finally {
      accessFlow.actor = TEST_ACTOR;
    }
  }
  /** The actors of the events about something, in the order of its versions. */
  const told = (subject: string) =>
    accessFlow.rows<{ name: string; actor: Actor }>(
      `SELECT name, actor FROM access_flow.outbox WHERE subject = $1 ORDER BY version`,
      [subject],
    );
  const approval = () => ({ kind: 'one_approver' as const, approverIds: [org.people.bob.userId] });

  it('made and changed a flow is kept; what the directory takes out of it changes nobody', async () => {
    const settings = { ...(await org.flow()), name: 'By dan', approval: approval() };
    const flow = await as(person('dan'), 'flows.create', settings);
    expect(flow).toMatchObject({ createdBy: person('dan'), updatedBy: null });
    const updated = await as(key, 'flows.update', { id: flow.id, settings: { maxDurationSeconds: HOUR } });
    expect(updated).toMatchObject({ createdBy: person('dan'), updatedBy: key });
    await org.leaves('bob');
    expect(await org.ask('flows.get', { id: flow.id })).toMatchObject({
      updatedBy: key,
      approval: { approverIds: [] },
    });
  });

  it('requested, reviewed, extended and revoked is kept, and the events say the same', async () => {
    const { id: flowId } = await org.reviewedFlow('bob');
    const wanted = { flowId, userId: org.people.alice.userId, groupId: org.deploy, durationSeconds: HOUR };
    const request = await as(person('alice'), 'requests.create', wanted);
    expect(request).toMatchObject({ requestedBy: person('alice'), reviews: [] });
    const review = { id: request.id, reviewerId: org.people.bob.userId, verdict: 'approve' as const };
    const reviewed = await as(key, 'requests.review', review);
    expect(reviewed).toMatchObject({
      requestedBy: person('alice'),
      reviews: [{ reviewerId: org.people.bob.userId, reviewedBy: key }],
    });
    await accessFlow.settleTargets();
    const id = reviewed.grantId!;
    expect(await org.ask('grants.get', { id })).toMatchObject({ extendedBy: null, revokedBy: null });
    expect(await as(person('dan'), 'grants.extend', { id, durationSeconds: 60 })).toMatchObject({
      extendedBy: person('dan'),
      revokedBy: null,
    });
    expect(await as(person('alice'), 'grants.revoke', { id })).toMatchObject({
      extendedBy: person('dan'),
      revokedBy: person('alice'),
    });
    expect(await told(request.id)).toEqual([
      { name: 'request.created', actor: person('alice') },
      { name: 'request.approved', actor: key },
    ]);
    expect((await told(id)).map(({ actor }) => actor)).toEqual([key, person('dan'), person('alice')]);
  });

  it('revoked is what the end of a grant says, also when its target had not activated it yet', async () => {
    const { id: flowId } = await org.flow();
    const wanted = { flowId, userId: org.people.alice.userId, groupId: org.deploy, durationSeconds: HOUR };
    const { grantId } = await as(person('alice'), 'requests.create', wanted);
    await as(person('dan'), 'grants.revoke', { id: grantId! });
    await accessFlow.settleTargets();
    expect(await told(grantId!)).toEqual([
      { name: 'grant.revoking', actor: person('dan') },
      { name: 'grant.ended', actor: person('dan') },
    ]);
  });

  it('deactivated the user, or that its time was over, is what ended a grant', async () => {
    const [left, over] = [await org.requestAccess('alice'), await org.requestAccess('bob')];
    const actor: Actor = { kind: 'scim', integrationId: org.id, credentialId: 'token' };
    const event = org.userEvent(org.next('alice', { active: false }), 'user.deactivated');
    await accessFlow.handleEvent({ ...event, actor });
    expect(await org.grant(left)).toMatchObject({ revokedBy: actor });
    for (const [table, column] of [
      ['grants', 'ends_at'],
      ['deadlines', 'due_at'],
    ])
      await accessFlow.rows(`UPDATE access_flow.${table} SET ${column} = now() - interval '1 second' WHERE id = $1`, [
        over.grantId,
      ]);
    await accessFlow.meetDeadlines();
    expect(await org.grant(over)).toMatchObject({ revokedBy: { kind: 'system', job: 'expiry' } });
  });

  it("requests does not approve: not in an approver's name, and not through a key of their own", async () => {
    const request = await org.request(await org.reviewedFlow('bob'), 'alice');
    const review = { id: request.id, reviewerId: org.people.bob.userId, verdict: 'approve' as const };
    const maker = { issuer: 'https://acme.okta.com', subject: '00u-alice', userId: org.people.alice.userId };
    for (const actor of [person('alice'), { ...key, maker }])
      await expect(as(actor, 'requests.review', review)).rejects.toMatchObject({ code: 'notAllowed' });
    expect(await org.ask('requests.get', { id: request.id })).toMatchObject({ status: 'pending', reviews: [] });
    const others = { ...key, maker: { ...maker, userId: org.people.dan.userId } };
    expect(await as(others, 'requests.review', review)).toMatchObject({ status: 'approved' });
  });

  it('requests in the name of another does not approve, but may deny', async () => {
    const { id: flowId } = await org.reviewedFlow('bob', 'carol');
    const wanted = { flowId, userId: org.people.alice.userId, groupId: org.deploy, durationSeconds: HOUR };
    const request = await as(person('bob'), 'requests.create', wanted);
    const review = (name: Person, verdict: 'approve' | 'deny') =>
      ({ id: request.id, reviewerId: org.people[name].userId, verdict }) as const;
    const maker = { issuer: 'https://acme.okta.com', subject: '00u-bob', userId: org.people.bob.userId };
    for (const [actor, name] of [
      [person('bob'), 'bob'],
      [key, 'bob'],
      [{ ...key, maker }, 'carol'],
    ] as const)
      await expect(as(actor, 'requests.review', review(name, 'approve'))).rejects.toMatchObject({ code: 'notAllowed' });
    expect(await org.ask('requests.get', { id: request.id })).toMatchObject({ status: 'pending', reviews: [] });
    expect(await as(person('bob'), 'requests.review', review('bob', 'deny'))).toMatchObject({ status: 'denied' });
    const again = await as({ ...key, maker }, 'requests.create', wanted);
    const approval = { ...review('carol', 'approve'), id: again.id };
    expect(await as(person('carol'), 'requests.review', approval)).toMatchObject({ status: 'approved' });
  });
});
