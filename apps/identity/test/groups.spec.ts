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
  it('tells group.created as version 1 and its members as version 2', async () => {
    const [alice, bob] = await okta.createUsers(2);
    await okta.told();
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
    const told = await okta.told();
    const state = { groupId: group.id, displayName: 'Ops', externalId: null, deleted: false };
    expect(told).toMatchObject([
      { name: 'group.created', subject: group.id, version: 1, data: { ...state, version: 1 } },
      {
        name: 'group.members.changed',
        subject: group.id,
        version: 2,
        data: { ...state, version: 2, chunk: 0, chunks: 1 },
      },
    ]);
    expect(differences(told)).toEqual([`+${alice!.id}`, `+${bob!.id}`].sort());
    expect(await okta.getGroup(group.id)).toEqual(group);
    expect((await okta.getUser(alice!.id)).groups).toEqual([{ value: group.id, display: 'Ops', type: 'direct' }]);
  });

  it('makes one group of a command that comes twice', async () => {
    const commandId = uuidv7();
    const group = await okta.createGroup({ displayName: 'Ops', members: [] }, { commandId });
    expect(await okta.createGroup({ displayName: 'Ops', members: [] }, { commandId })).toEqual(group);
    expect(await okta.told()).toHaveLength(1);
  });
});

describe('changing a name', () => {
  it('tells group.renamed and leaves the members untouched', async () => {
    const users = await okta.createUsers(2);
    const { id } = await okta.createGroup({ displayName: 'Ops', members: members(...users) });
    await okta.told();
    const renamed = await okta.patchGroup(id, [{ op: 'replace', value: { id, displayName: 'Operations' } }]);
    expect(renamed).toMatchObject({ attributes: { displayName: 'Operations' }, version: 3 });
    expect(renamed.members).toHaveLength(2);
    expect(await okta.told()).toMatchObject([
      { name: 'group.renamed', version: 3, data: { displayName: 'Operations' } },
    ]);
    expect((await okta.getUser(users[0]!.id)).groups).toEqual([{ value: id, display: 'Operations', type: 'direct' }]);
  });

  it('to the same name is nothing', async () => {
    const group = await okta.createGroup({ displayName: 'Ops', members: members(...(await okta.createUsers(1))) });
    await okta.told();
    expect(await okta.patchGroup(group.id, [{ op: 'replace', value: { id: group.id, displayName: 'Ops' } }])).toEqual(
      group,
    );
    expect(await okta.told()).toEqual([]);
  });

  it('together with members is one event that carries both', async () => {
    const [alice] = await okta.createUsers(1);
    const { id } = await okta.createGroup({ displayName: 'Ops' });
    await okta.told();
    await okta.patchGroup(id, [{ op: 'replace', value: { displayName: 'Operations' } }, add(alice!)]);
    expect(await okta.told()).toMatchObject([
      {
        name: 'group.members.changed',
        version: 2,
        data: { displayName: 'Operations', changes: [{ userId: alice!.id }] },
      },
    ]);
  });
});

describe('deleting', () => {
  it('a group tells group.deleted; its users survive without it', async () => {
    const [alice] = await okta.createUsers(1);
    const { id } = await okta.createGroup({ displayName: 'Ops', members: members(alice!) });
    await okta.told();
    await okta.deleteGroup(id);
    expect(await okta.told()).toMatchObject([
      { name: 'group.deleted', version: 3, data: { groupId: id, deleted: true } },
    ]);
    expect((await okta.getUser(alice!.id)).groups).toEqual([]);
    await expect(okta.getGroup(id)).rejects.toEqual(refusedWith('notFound'));
  });

  it('a user takes the user out of every group', async () => {
    const [alice, bob] = await okta.createUsers(2);
    const { id } = await okta.createGroup({ displayName: 'Ops', members: members(alice!, bob!) });
    await okta.deleteUser(alice!.id);
    expect(await okta.memberIds(id)).toEqual([bob!.id]);
  });
});

describe('reading', () => {
  it('shows the first 500 members, and the rest page by page; the answer to a write of so many shows none', async () => {
    const users = await okta.createUsers(1_001);
    const made = await okta.createGroup({ displayName: 'Ops', members: members(...users) });
    expect(made).toMatchObject({ members: [], nextMember: expect.any(String) });
    const { id } = made;
    const ids = users.map((user) => user.id).sort();
    const group = await okta.getGroup(id);
    expect(group.members.map(({ id }) => id)).toEqual(ids.slice(0, 500));
    expect(group.nextMember).toBe(ids[499]);
    expect(await okta.memberIds(id, 250)).toEqual(ids);
    expect(await okta.memberIds(id, 250, made.nextMember)).toEqual(ids);
    expect(await okta.getGroup(id, false)).toMatchObject({ members: [], nextMember: null });
  });

  it('finds no group of another integration, and none by an id of another form', async () => {
    const { id } = await okta.createGroup({ displayName: 'Ops' });
    for (const [tenant, asked] of [
      [directory.tenant(), id],
      [okta, 'nope'],
      [okta, "' OR 1=1 --"],
    ] as const) {
      await expect(tenant.getGroup(asked)).rejects.toEqual(refusedWith('notFound'));
      await expect(tenant.patchGroup(asked, [replace()])).rejects.toEqual(refusedWith('notFound'));
      await expect(tenant.putGroup(asked, { displayName: 'x' })).rejects.toEqual(refusedWith('notFound'));
      await expect(tenant.memberIds(asked)).rejects.toEqual(refusedWith('notFound'));
    }
  });

  it('pages through all groups', async () => {
    const made = await Promise.all(['a', 'b', 'c'].map((displayName) => okta.createGroup({ displayName })));
    const first = await directory.groups.page(okta.command('groups.page', { limit: 2 }));
    const cursor = first.nextCursor ?? '';
    const second = await directory.groups.page(okta.command('groups.page', { limit: 2, cursor }));
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(made.map(({ id }) => id).sort());
    expect(second.nextCursor).toBeNull();
  });
});
