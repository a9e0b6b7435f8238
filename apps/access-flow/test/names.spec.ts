import { type Actor, type CommandData, type CommandName, type CommandReply } from '@tidegate/contracts';
import { TEST_ACTOR } from '@tidegate/testing';
import { TestAccessFlow } from './harness.js';
import { HOUR, inGroups, Integration, oneOf, type Person } from './integration.js';

describe('The names in replies', () => {
  const accessFlow = TestAccessFlow.use();
  let integration: Integration;
  beforeEach(async () => {
    integration = await Integration.create(accessFlow);
  });

  const login = (userId: string) => ({ issuer: 'https://acme.okta.com', subject: `00u-${userId}`, userId });
  const ref = (name: Person, active = true) => {
    const { userId: id, userName, displayName } = integration.people[name];
    return { id, userName, displayName, active };
  };
  const by = (userId: string): Actor => ({ kind: 'person', ...login(userId) });
  const named = (name: Person) => ({ ...by(ref(name).id), userName: ref(name).userName });
  async function as<N extends CommandName>(actor: Actor, name: N, data: CommandData<N>): Promise<CommandReply<N>> {
    accessFlow.actor = actor;
    try {
      return await integration.ask(name, data);
    } finally {
      accessFlow.actor = TEST_ACTOR;
    }
  }
  const access = (name: Person) => ({
    userId: ref(name).id,
    userName: ref(name).userName,
    userDisplayName: ref(name).displayName,
    groupId: integration.deploy,
    groupName: 'Deploy',
  });
  const approver = (name: Person) => {
    const { id, userName, displayName } = ref(name);
    return { kind: 'user', id, name: userName, displayName };
  };
  const data = (flowId: string, name: Person) => {
    return { flowId, userId: ref(name).id, groupId: integration.deploy, durationSeconds: HOUR };
  };

  it('of a request are those of its user, group, flow, approvers, reviewers and requester', async () => {
    const flow = await integration.reviewedFlow('carol', 'bob');
    const names = {
      ...access('alice'),
      flowName: flow.name,
      steps: [{ approvers: [approver('carol'), approver('bob')] }],
    };
    const created = await as(by(ref('alice').id), 'requests.create', data(flow.id, 'alice'));
    expect(created).toMatchObject({ ...names, requestedBy: named('alice'), reviews: [] });
    const key: Actor = { kind: 'apiKey', keyId: 'key', name: 'help desk', maker: login(ref('dan').id) };
    const { id } = created;
    const reviewed = await as(key, 'requests.review', { id, reviewerId: ref('bob').id, verdict: 'approve' });
    const reviewedBy = { ...key, maker: { ...key.maker, userName: ref('dan').userName } };
    const reviews = [{ reviewerId: ref('bob').id, reviewerName: ref('bob').userName, reviewedBy }];
    for (const request of [
      reviewed,
      await integration.ask('requests.get', { id }),
      (await integration.ask('requests.list', { limit: 10 })).items[0],
    ])
      expect(request).toMatchObject({ ...names, reviews });
    const automatic = await integration.request(await integration.flow(), 'alice', { groupId: integration.billing });
    expect(automatic).toMatchObject({ groupName: 'Billing', steps: [], requestedBy: TEST_ACTOR });
  });

  it('of a grant are those of its user, group, flow and of who extended and revoked it', async () => {
    const flow = await integration.flow();
    const { grantId } = await integration.request(flow, 'alice');
    const id = grantId!;
    await accessFlow.runTargets();
    const names = { ...access('alice'), flowId: flow.id, flowName: flow.name };
    const extended = await as(by(ref('dan').id), 'grants.extend', { id, durationSeconds: 60 });
    expect(extended).toMatchObject({ ...names, extendedBy: named('dan'), revokedBy: null });
    expect(await as(by(ref('alice').id), 'grants.revoke', { id })).toMatchObject({
      ...names,
      revokedBy: named('alice'),
    });
    expect(await integration.ask('grants.get', { id })).toMatchObject({ ...names, extendedBy: named('dan') });
    expect((await integration.ask('grants.list', { limit: 10 })).items).toMatchObject([names]);
  });

  it('of a flow are those of its groups, eligible groups, approvers and actors', async () => {
    const { deploy, billing } = integration;
    const flow = await as(by(ref('dan').id), 'flows.create', {
      ...integration.newFlow({ groupIds: [billing, deploy], eligibility: inGroups(deploy) }),
      steps: oneOf(ref('bob').id),
      enabled: false,
    });
    const [inDeploy, inBilling] = [
      { id: deploy, name: 'Deploy' },
      { id: billing, name: 'Billing' },
    ];
    const names = { groups: [inBilling, inDeploy], otherGroups: [inDeploy], users: [ref('bob')] };
    expect(flow).toMatchObject({ ...names, createdBy: named('dan') });
    await integration.group(billing, 'Invoices', 2);
    const renamed = { ...names, groups: [{ id: billing, name: 'Invoices' }, inDeploy] };
    expect(await integration.ask('flows.get', { id: flow.id })).toMatchObject(renamed);
    expect((await integration.ask('flows.list', { limit: 10 })).items).toMatchObject([renamed]);
    const settings = { eligibility: { kind: 'everyone' as const }, steps: [] };
    const updated = await as(by(ref('carol').id), 'flows.update', { id: flow.id, settings });
    expect(updated).toMatchObject({ otherGroups: [], users: [], updatedBy: named('carol') });
  });

  it('of a deleted user and group are the last ones; a deleted flow has none', async () => {
    const flow = await integration.reviewedFlow('bob', 'carol');
    const request = await integration.request(flow, 'alice');
    const { grantId } = await integration.review(request, 'bob');
    const before = [access('alice'), ref('bob').userName];
    for (const name of ['alice', 'bob'] as const) {
      const state = integration.next(name, { active: false, deleted: true });
      await accessFlow.handleEvent(integration.userEvent(state, 'user.deleted'));
    }
    await integration.group(integration.deploy, 'Deploy', 2, true);
    await integration.ask('flows.delete', { id: flow.id });
    expect(await integration.ask('requests.get', { id: request.id })).toMatchObject({
      ...(before[0] as object),
      flowName: null,
      reviews: [{ reviewerName: before[1] }],
    });
    const grant = await integration.ask('grants.get', { id: grantId! });
    expect(grant).toMatchObject({ ...(before[0] as object), flowId: flow.id, flowName: null });
  });

  it('of an inactive approver say so', async () => {
    const flow = await integration.reviewedFlow('bob', 'carol');
    await accessFlow.rows('UPDATE access_flow.users SET active = false WHERE id = $1', [ref('bob').id]);
    const { users } = await integration.ask('flows.get', { id: flow.id });
    expect(users).toEqual([ref('bob', false), ref('carol')]);
  });

  it('are never those of another integration, even for the same id', async () => {
    const other = await Integration.create(accessFlow);
    const flow = await integration.reviewedFlow('bob');
    const stranger = other.people.dan.userId;
    const request = await as(by(stranger), 'requests.create', data(flow.id, 'alice'));
    for (const name of ['alice', 'bob'] as const)
      await accessFlow.handleEvent(
        other.userEvent({ ...integration.people[name], userName: `${name}@other.example`, version: 9 }),
      );
    await other.group(integration.deploy, 'Deploy of the other');
    const { items } = await accessFlow.ask([other.id, integration.id], 'requests.list', { limit: 10 });
    expect(items).toMatchObject([{ id: request.id, ...access('alice'), steps: [{ approvers: [approver('bob')] }] }]);
    expect(items[0]!.requestedBy).toEqual(by(stranger));
    const flows = await accessFlow.ask([other.id, integration.id], 'flows.get', { id: flow.id });
    expect(flows).toMatchObject({ groups: [{ name: 'Deploy' }, { name: 'Billing' }], users: [ref('bob')] });
    expect(JSON.stringify([items, flows])).not.toMatch(/other\.example|of the other/);
  });

  it('are in no event', async () => {
    const flow = await integration.reviewedFlow('bob');
    const { id } = await as(by(ref('alice').id), 'requests.create', data(flow.id, 'alice'));
    const { grantId } = await as(by(ref('bob').id), 'requests.review', {
      id,
      reviewerId: ref('bob').id,
      verdict: 'approve',
    });
    await accessFlow.runTargets();
    await as(by(ref('dan').id), 'grants.revoke', { id: grantId! });
    const events = await accessFlow.rows('SELECT * FROM access_flow.outbox WHERE integration_id = $1', [
      integration.id,
    ]);
    expect(events.length).toBeGreaterThanOrEqual(4);
    for (const name of ['alice', 'bob', 'dan'] as const)
      expect(JSON.stringify(events)).not.toContain(ref(name).userName);
    expect(JSON.stringify(events)).not.toMatch(/Deploy|userName|displayName/);
  });
});
