import { v7 as uuidv7 } from 'uuid';
import {
  add,
  differences,
  type Directory,
  members,
  openDirectory,
  refusedWith,
  replace,
  type Tenant,
} from './harness.js';

let directory: Directory;
let okta: Tenant;
beforeAll(async () => void (directory = await openDirectory()));
afterAll(() => directory.close());
beforeEach(() => void (okta = directory.tenant()));

describe('creating a group', () => {
  it('publishes group.created with version 1 and its members with version 2', async () => {
    const [alice, bob] = await okta.createUsers(2);
    await okta.takeEvents();
    const group = await okta.createGroup({ displayName: 'Ops', members: members(alice!, bob!) });
    expect(group).toMatchObject({
      attributes: { displayName: 'Ops' },
      version: 2,
      members: [
        { id: alice!.id, type: 'User', display: alice!.attributes.userName },
        { id: bob!.id, type: 'User', display: bob!.attributes.userName },
      ].sort((a, b) => (a.id < b.id ? -1 : 1)),
      nextMember: null,
    });
    const events = await okta.takeEvents();
    const state = { groupId: group.id, displayName: 'Ops', externalId: null, deleted: false };
    expect(events).toMatchObject([
      { name: 'group.created', subject: group.id, version: 1, data: { ...state, version: 1 } },
      {
        name: 'group.members.changed',
        subject: group.id,
        version: 2,
        data: { ...state, version: 2, chunk: 0, chunks: 1 },
      },
    ]);
    expect(differences(events)).toEqual([`+${alice!.id}`, `+${bob!.id}`].sort());
    expect(await okta.getGroup(group.id)).toEqual(group);
    expect((await okta.getUser(alice!.id)).groups).toEqual([{ value: group.id, display: 'Ops', type: 'direct' }]);
  });

  it('creates one group for a repeated command', async () => {
    const commandId = uuidv7();
    const group = await okta.createGroup({ displayName: 'Ops', members: [] }, { commandId });
    expect(await okta.createGroup({ displayName: 'Ops', members: [] }, { commandId })).toEqual(group);
    expect(await okta.takeEvents()).toHaveLength(1);
  });
});

describe('a rename of a group', () => {
  it('publishes group.renamed and does not change the members', async () => {
    const users = await okta.createUsers(2);
    const { id } = await okta.createGroup({ displayName: 'Ops', members: members(...users) });
    await okta.takeEvents();
    const renamed = await okta.patchGroup(id, [{ op: 'replace', value: { id, displayName: 'Operations' } }]);
    expect(renamed).toMatchObject({ attributes: { displayName: 'Operations' }, version: 3 });
    expect(renamed.members).toHaveLength(2);
    expect(await okta.takeEvents()).toMatchObject([
      { name: 'group.renamed', version: 3, data: { displayName: 'Operations' } },
    ]);
    expect((await okta.getUser(users[0]!.id)).groups).toEqual([{ value: id, display: 'Operations', type: 'direct' }]);
  });

  it('to the same name changes nothing', async () => {
    const group = await okta.createGroup({ displayName: 'Ops', members: members(...(await okta.createUsers(1))) });
    await okta.takeEvents();
    expect(await okta.patchGroup(group.id, [{ op: 'replace', value: { id: group.id, displayName: 'Ops' } }])).toEqual(
      group,
    );
    expect(await okta.takeEvents()).toEqual([]);
  });

  it('together with a change of members publishes one event with both', async () => {
    const [alice] = await okta.createUsers(1);
    const { id } = await okta.createGroup({ displayName: 'Ops' });
    await okta.takeEvents();
    await okta.patchGroup(id, [{ op: 'replace', value: { displayName: 'Operations' } }, add(alice!)]);
    expect(await okta.takeEvents()).toMatchObject([
      {
        name: 'group.members.changed',
        version: 2,
        data: { displayName: 'Operations', changes: [{ userId: alice!.id }] },
      },
    ]);
  });
});

describe('a delete', () => {
  it('of a group publishes group.deleted, and its users stay', async () => {
    const [alice] = await okta.createUsers(1);
    const { id } = await okta.createGroup({ displayName: 'Ops', members: members(alice!) });
    await okta.takeEvents();
    await okta.deleteGroup(id);
    expect(await okta.takeEvents()).toMatchObject([
      { name: 'group.deleted', version: 3, data: { groupId: id, deleted: true } },
    ]);
    expect((await okta.getUser(alice!.id)).groups).toEqual([]);
    await expect(okta.getGroup(id)).rejects.toEqual(refusedWith('notFound'));
  });

  it('of a user removes the user from all groups', async () => {
    const [alice, bob] = await okta.createUsers(2);
    const { id } = await okta.createGroup({ displayName: 'Ops', members: members(alice!, bob!) });
    await okta.deleteUser(alice!.id);
    expect(await okta.memberIds(id)).toEqual([bob!.id]);
  });
});

describe('reads of groups', () => {
  it('return the first 500 members and the others in pages; a write of a larger group returns no members', async () => {
    const users = await okta.createUsers(1_001);
    const created = await okta.createGroup({ displayName: 'Ops', members: members(...users) });
    expect(created).toMatchObject({ members: [], nextMember: expect.any(String) });
    const { id } = created;
    const ids = users.map((user) => user.id).sort();
    const group = await okta.getGroup(id);
    expect(group.members.map(({ id }) => id)).toEqual(ids.slice(0, 500));
    expect(group.nextMember).toBe(ids[499]);
    expect(await okta.memberIds(id, 250)).toEqual(ids);
    expect(await okta.memberIds(id, 250, created.nextMember)).toEqual(ids);
    expect(await okta.getGroup(id, false)).toMatchObject({ members: [], nextMember: null });
  });

  it('find no group of another integration, and none for an invalid id', async () => {
    const { id } = await okta.createGroup({ displayName: 'Ops' });
    for (const [tenant, groupId] of [
      [directory.tenant(), id],
      [okta, 'nope'],
      [okta, "' OR 1=1 --"],
    ] as const) {
      await expect(tenant.getGroup(groupId)).rejects.toEqual(refusedWith('notFound'));
      await expect(tenant.patchGroup(groupId, [replace()])).rejects.toEqual(refusedWith('notFound'));
      await expect(tenant.putGroup(groupId, { displayName: 'x' })).rejects.toEqual(refusedWith('notFound'));
      await expect(tenant.memberIds(groupId)).rejects.toEqual(refusedWith('notFound'));
    }
  });

  it('return all groups in pages', async () => {
    const created = await Promise.all(['a', 'b', 'c'].map((displayName) => okta.createGroup({ displayName })));
    const first = await directory.groups.page(okta.command('groups.page', { limit: 2 }));
    const cursor = first.nextCursor ?? '';
    const second = await directory.groups.page(okta.command('groups.page', { limit: 2, cursor }));
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(created.map(({ id }) => id).sort());
    expect(second.nextCursor).toBeNull();
  });
});
