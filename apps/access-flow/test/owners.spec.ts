import { v7 as uuidv7 } from 'uuid';
import { groupOwners } from '../src/directory/owners.queries.js';
import { TestAccessFlow } from './harness.js';
import { Integration, type Person } from './integration.js';

const refusal = (code: string) => expect.objectContaining({ code });

describe('Owners of groups', () => {
  const accessFlow = TestAccessFlow.use();
  let integration: Integration;
  beforeEach(async () => {
    integration = await Integration.create(accessFlow);
  });

  const id = (person: Person) => integration.people[person].userId;
  const set = (...people: Person[]) =>
    integration.ask('owners.set', { groupId: integration.deploy, userIds: people.map(id) });
  const get = () => integration.ask('owners.get', { groupId: integration.deploy });
  /** @returns the names of the effective owners by group */
  const effective = async (...groupIds: string[]) => {
    const owners = await accessFlow.database.transaction({ integrationIds: [integration.id] }, (tx) =>
      groupOwners(tx, integration.id, groupIds),
    );
    return Object.fromEntries([...owners].map(([group, ids]) => [group, ids.map((each) => integration.nameOf(each))]));
  };

  it('are replaced as a whole, with the actor that named each', async () => {
    expect((await get()).owners).toEqual([]);
    await set('bob', 'carol');
    const dan = { kind: 'person', issuer: 'https://acme.okta.com', subject: 'dan', userId: id('dan') } as const;
    const before = accessFlow.actor;
    accessFlow.actor = dan;
    const { groupName, owners } = await set('carol', 'alice').finally(() => (accessFlow.actor = before));
    expect(groupName).toBe('Deploy');
    expect(Object.fromEntries(owners.map(({ userId, ...owner }) => [integration.nameOf(userId), owner]))).toMatchObject(
      {
        alice: { active: true, addedBy: { ...dan, userName: integration.people.dan.userName } },
        carol: { active: true, addedBy: before },
      },
    );
    expect(await effective(integration.deploy, integration.billing)).toEqual({
      [integration.deploy]: owners.map(({ userId }) => integration.nameOf(userId)),
    });
    expect((await set()).owners).toEqual([]);
  });

  it('a deactivated owner is no owner, also after a reactivation, until named again', async () => {
    await set('bob', 'carol');
    await integration.deactivate('bob');
    expect(await effective(integration.deploy)).toEqual({ [integration.deploy]: ['carol'] });
    await integration.reactivate('bob');
    expect(await effective(integration.deploy)).toEqual({ [integration.deploy]: ['carol'] });
    expect((await get()).owners).toMatchObject([
      { userId: id('bob'), active: false },
      { userId: id('carol'), active: true },
    ]);
    expect((await set('bob')).owners).toMatchObject([{ userId: id('bob'), active: true }]);
    expect(await effective(integration.deploy)).toEqual({ [integration.deploy]: ['bob'] });
  });

  it('a deleted owner is no owner', async () => {
    await set('bob');
    const deleted = integration.next('bob', { deleted: true, active: false });
    await accessFlow.handleEvent(integration.userEvent(deleted, 'user.deleted'));
    expect(await effective(integration.deploy)).toEqual({});
    expect((await get()).owners).toMatchObject([{ active: false }]);
  });

  it('an owner whose deactivation was missed is no owner after the comparison with identity', async () => {
    await set('bob');
    accessFlow.identity['users.deactivations'] = ({ users }) => {
      const changed = users.some((user) => user.id === id('bob')) ? [integration.next('bob', { active: false })] : [];
      return { changed, absent: [] };
    };
    await accessFlow.reconcile();
    accessFlow.identity['users.deactivations'] = () => ({ changed: [], absent: [] });
    expect(await effective(integration.deploy)).toEqual({});
  });

  it('must be active users of the same integration', async () => {
    const other = await Integration.create(accessFlow);
    const ask = (userIds: string[]) => integration.ask('owners.set', { groupId: integration.deploy, userIds });
    await set('bob');
    for (const wrong of [id('erin'), other.people.alice.userId, integration.billing])
      await expect(ask([id('carol'), wrong])).rejects.toEqual(refusal('invalid'));
    expect((await get()).owners).toMatchObject([{ userId: id('bob') }]);
  });

  it.each([
    ['deleted', { deleted: true }],
    ['not synced', { deleted: false, synced: false, syncVersion: 2 }],
  ])('of a group that is %s: none', async (_, change) => {
    await set('bob');
    const { deploy: groupId } = integration;
    await integration.publish('group.members.changed', groupId, {
      groupId,
      displayName: 'Deploy',
      version: 2,
      changes: [],
      chunk: 1,
      chunks: 1,
      ...change,
    });
    expect(await effective(groupId)).toEqual({});
    await expect(get()).rejects.toEqual(refusal('missing'));
    await expect(set('bob')).rejects.toEqual(refusal('missing'));
  });

  it('are at most 20', async () => {
    const userIds = Array.from({ length: 21 }, () => uuidv7());
    await expect(integration.ask('owners.set', { groupId: integration.deploy, userIds })).rejects.toEqual(
      expect.objectContaining({ code: 'invalid', detail: expect.stringContaining('no more than 20') }),
    );
  });

  it('concurrent lists do not mix', async () => {
    for (let round = 0; round < 10; round++) {
      await Promise.all([set('alice', 'bob'), set('carol', 'dan')]);
      const names = (await get()).owners.map(({ userId }) => integration.nameOf(userId));
      expect([
        ['alice', 'bob'],
        ['carol', 'dan'],
      ]).toContainEqual(names.sort());
    }
    expect(await accessFlow.failures()).toEqual([]);
  });
});
