import { type RequestableRecord } from '@tidegate/contracts';
import { v7 as uuidv7 } from 'uuid';
import { TestAccessFlow } from './harness.js';
import { HOUR, inGroups, Integration, oneOf, type Person } from './integration.js';

describe('What a user can request', () => {
  const accessFlow = TestAccessFlow.use();
  let integration: Integration;
  beforeEach(async () => {
    integration = await Integration.create(accessFlow);
  });

  const listed = async (person: Person, where = integration) => {
    const userIds = [where.people[person].userId];
    return (await where.ask('requests.requestable', { userIds, limit: 200 })).items;
  };
  const pairs = async (person: Person) =>
    (await listed(person)).map(({ flowName, groupName }) => `${flowName}: ${groupName}`).sort();
  /** @returns the steps of a record with one named user. */
  const decidedBy = (person: Person) => {
    const { userId: id, userName: name, displayName } = integration.people[person];
    const approver = { kind: 'user', id, name, displayName, sources: ['user'], tier: 'step' };
    return [{ name: null, quorum: 'any', count: null, approvers: [approver] }];
  };

  it('each group of each flow, with the flow, its approval and no grant or request', async () => {
    const flow = await integration.flow({ name: 'direct', groupIds: [integration.deploy], maxDurationSeconds: HOUR });
    const reviewed = await integration.reviewedFlow('alice', 'bob', 'carol');
    await integration.deactivate('carol');
    const { userId, userName, displayName: userDisplayName } = integration.people.alice;
    const nothing = { alreadyMember: false, grantId: null, endsAt: null, requestId: null };
    const limits = { minDurationSeconds: 60, priority: 0 };
    const common = { integrationId: integration.id, userId, userName, userDisplayName, ...limits, ...nothing };
    const items = await listed('alice');
    expect(items[0]).toEqual({
      ...common,
      flowId: flow.id,
      flowName: 'direct',
      groupId: integration.deploy,
      groupName: 'Deploy',
      maxDurationSeconds: HOUR,
      steps: [],
    });
    const groups = [
      [integration.deploy, 'Deploy'],
      [integration.billing, 'Billing'],
    ].sort();
    expect(items.slice(1)).toEqual(
      groups.map(([groupId, groupName]) => ({
        ...common,
        flowId: reviewed.id,
        flowName: reviewed.name,
        groupId,
        groupName,
        maxDurationSeconds: reviewed.maxDurationSeconds,
        steps: decidedBy('bob'),
      })),
    );
    expect((await listed('bob')).at(-1)!.steps).toEqual(decidedBy('alice'));
  });

  it('only enabled flows for which the active user is eligible, and groups that are synced', async () => {
    await integration.flow({ name: 'off', enabled: false });
    const flow = await integration.flow({
      name: 'members',
      eligibility: inGroups(integration.billing),
      groupIds: [integration.deploy, integration.billing],
    });
    expect(await pairs('alice')).toEqual([]);
    await integration.push(integration.billing, 2, { alice: true, erin: true });
    expect(await pairs('alice')).toEqual(['members: Deploy', 'members: Group']);
    expect([await pairs('bob'), await pairs('erin')]).toEqual([[], []]);
    await integration.group(integration.deploy, 'Deploy', 5, true);
    expect(await pairs('alice')).toEqual(['members: Group']);
    await integration.deactivate('alice');
    expect(await pairs('alice')).toEqual([]);
    await integration.reactivate('alice');
    expect(await pairs('alice')).toEqual(['members: Group']);
    await integration.ask('flows.update', { id: flow.id, settings: { enabled: false } });
    expect(await pairs('alice')).toEqual([]);
  });

  it('only flows with requesters `self` if the user asks, all flows that allow the user if another asks', async () => {
    for (const requester of ['self', 'manager', 'others'] as const)
      await integration.flow({ name: requester, requesters: [requester], groupIds: [integration.deploy] });
    const names = async (asMember: boolean) => {
      const userIds = [integration.people.alice.userId];
      const { items } = await integration.ask('requests.requestable', { userIds, limit: 9, asMember });
      return items.map(({ flowName }) => flowName).sort();
    };
    expect(await names(true)).toEqual(['self']);
    expect(await names(false)).toEqual(['manager', 'others', 'self']);
  });

  it('nothing of an integration that is disabled or removed', async () => {
    const flow = await integration.flow({ groupIds: [integration.deploy] });
    expect(await listed('alice')).toHaveLength(1);
    const { id } = integration;
    await integration.publish('integration.updated', id, {
      removed: false,
      disabled: true,
      disablements: 1,
      version: 2,
    });
    await integration.ask('flows.update', { id: flow.id, settings: { enabled: true } });
    expect(await listed('alice')).toEqual([]);
    await integration.publish('integration.updated', id, { removed: false, disabled: false, version: 3 });
    expect(await listed('alice')).toHaveLength(1);
    await integration.publish('integration.removed', id, { removed: true, version: 4 });
    expect(await listed('alice')).toEqual([]);
  });

  it('the membership by SCIM, the live grant and the pending request of the user, and of no other user', async () => {
    const automatic = await integration.flow({ name: 'automatic', groupIds: [integration.deploy] });
    const reviewed = await integration.flow({
      name: 'reviewed',
      groupIds: [integration.deploy],
      steps: oneOf(integration.people.carol.userId),
    });
    const request = await integration.request(automatic, 'alice');
    const made = await integration.grant(request);
    const pending = await integration.beside(made, () => integration.request(reviewed, 'alice'));
    await integration.push(integration.deploy, 2, { alice: true });
    await accessFlow.runTargets();
    const grant = await integration.grant(request);
    const shown = { alreadyMember: true, grantId: grant.id, endsAt: grant.endsAt, requestId: pending.id };
    expect(await listed('alice')).toMatchObject([
      { flowName: 'automatic', ...shown },
      { flowName: 'reviewed', ...shown },
    ]);
    const nothing = { alreadyMember: false, grantId: null, endsAt: null, requestId: null };
    expect(await listed('bob')).toMatchObject([nothing, nothing]);
    await integration.ask('grants.revoke', { id: grant.id });
    await integration.ask('requests.cancel', { id: pending.id });
    expect(await listed('alice')).toMatchObject([
      { ...nothing, alreadyMember: true },
      { ...nothing, alreadyMember: true },
    ]);
  });

  it('pages contain each item once, in a stable order', async () => {
    for (let i = 0; i < 3; i++) await integration.flow();
    const userIds = [integration.people.alice.userId];
    const all = await listed('alice');
    expect(all).toHaveLength(6);
    const items: RequestableRecord[] = [];
    let cursor: string | undefined;
    do {
      const page = await integration.ask('requests.requestable', { userIds, limit: 1, ...(cursor && { cursor }) });
      items.push(...page.items);
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(items).toEqual(all);
    for (const wrong of ['x', `${uuidv7()}`, `${uuidv7()}.${uuidv7()}.x`])
      await expect(integration.ask('requests.requestable', { userIds, limit: 1, cursor: wrong })).rejects.toMatchObject(
        {
          code: 'invalid',
        },
      );
  });

  it('nothing of another integration', async () => {
    const other = await Integration.create(accessFlow);
    await other.flow();
    await integration.flow({ groupIds: [integration.deploy] });
    const userIds = [integration.people.alice.userId, other.people.alice.userId];
    expect((await integration.ask('requests.requestable', { userIds, limit: 9 })).items).toHaveLength(1);
    const both = [integration.id, other.id];
    const ofBoth = (await accessFlow.ask(both, 'requests.requestable', { userIds, limit: 9 })).items;
    expect(ofBoth.map(({ integrationId }) => integrationId).sort()).toEqual(
      [integration.id, other.id, other.id].sort(),
    );
    const filtered = await accessFlow.ask(both, 'requests.requestable', {
      userIds,
      integrationId: integration.id,
      limit: 9,
    });
    expect(filtered.items.map(({ userId }) => userId)).toEqual([integration.people.alice.userId]);
    expect(
      (await accessFlow.ask([other.id], 'requests.requestable', { userIds: userIds.slice(0, 1), limit: 9 })).items,
    ).toEqual([]);
  });
});
