import { v7 as uuidv7 } from 'uuid';
import { add, differences, type Directory, members, openDirectory, remove, replace, type Tenant } from './harness.js';

let directory: Directory;
let okta: Tenant;
beforeAll(async () => void (directory = await openDirectory()));
afterAll(() => directory.close());
beforeEach(() => void (okta = directory.tenant()));

describe('a change of members', () => {
  it('can be several removals and additions in one PATCH, as Okta sends them', async () => {
    const [alice, bob, carol] = await okta.createUsers(3);
    const { id } = await okta.createGroup({ displayName: 'Ops', members: members(alice!, bob!) });
    await okta.takeEvents();
    const after = await okta.patchGroup(id, [remove(alice!), remove(bob!), add(carol!)]);
    expect(after).toMatchObject({ version: 3, members: [{ id: carol!.id, type: 'User' }] });
    const events = await okta.takeEvents();
    expect(events.map(({ name, version }) => [name, version])).toEqual([['group.members.changed', 3]]);
    expect(differences(events)).toEqual([`+${carol!.id}`, `-${alice!.id}`, `-${bob!.id}`].sort());
  });

  it('writes and publishes only the difference of a replacement by PATCH or PUT', async () => {
    const [alice, bob, carol] = await okta.createUsers(3);
    const { id } = await okta.createGroup({ displayName: 'Ops', members: members(alice!, bob!) });
    await okta.takeEvents();
    await okta.patchGroup(id, [replace(bob!, carol!)]);
    expect(differences(await okta.takeEvents())).toEqual([`+${carol!.id}`, `-${alice!.id}`].sort());
    await okta.putGroup(id, { displayName: 'Ops', members: members(alice!, bob!) });
    expect(differences(await okta.takeEvents())).toEqual([`+${alice!.id}`, `-${carol!.id}`].sort());
    expect(await okta.memberIds(id)).toEqual([alice!.id, bob!.id].sort());
  });

  it('accepts ids instead of objects, and member changes outside of the operations', async () => {
    const [alice, bob, carol] = await okta.createUsers(3);
    const attributes = { displayName: 'Ops', members: [alice!.id, bob!.id] };
    const { id } = await okta.groups.create(okta.command('groups.create', { attributes }));
    expect(await okta.memberIds(id)).toEqual([alice!.id, bob!.id].sort());
    const operations = [{ op: 'replace' as const, path: 'displayName', value: 'Operators' }];
    const steps = [
      { kind: 'remove' as const, ids: [alice!.id] },
      { kind: 'add' as const, ids: [carol!.id] },
    ];
    const after = await okta.groups.patch(okta.command('groups.patch', { id, operations, members: steps }));
    expect(after.attributes['displayName']).toBe('Operators');
    expect(await okta.memberIds(id)).toEqual([bob!.id, carol!.id].sort());
  });

  it.each([
    ['PATCH with []', (id: string) => okta.patchGroup(id, [replace()])],
    [
      'PATCH without path',
      (id: string) => okta.patchGroup(id, [{ op: 'replace', value: { members: [], displayName: 'Ops' } }]),
    ],
    ['PATCH remove', (id: string) => okta.patchGroup(id, [{ op: 'remove', path: 'members' }])],
    ['PUT with []', (id: string) => okta.putGroup(id, { displayName: 'Ops', members: [] })],
    ['PUT without members', (id: string) => okta.putGroup(id, { displayName: 'Ops' })],
  ])('removes all members by %s, and the users stay', async (_, empty) => {
    const users = await okta.createUsers(2);
    const { id } = await okta.createGroup({ displayName: 'Ops', members: members(...users) });
    expect((await empty(id)).members).toEqual([]);
    expect((await okta.getUser(users[0]!.id)).groups).toEqual([]);
  });

  it('publishes nothing if the operations of a PATCH cancel each other out', async () => {
    const [alice, bob, carol] = await okta.createUsers(3);
    const group = await okta.createGroup({ displayName: 'Ops', members: members(alice!) });
    await okta.takeEvents();
    const operations = [
      add(bob!),
      remove(bob!),
      remove(alice!),
      add(alice!),
      replace(carol!),
      remove(carol!),
      add(alice!),
    ];
    expect(await okta.patchGroup(group.id, operations)).toEqual(group);
    expect(await okta.patchGroup(group.id, [add(alice!), remove(bob!)])).toEqual(group);
    expect(await okta.putGroup(group.id, { displayName: 'Ops', members: members(alice!, alice!) })).toEqual(group);
    expect(await okta.takeEvents()).toEqual([]);
  });

  it('applies filters of removals to the members at that point, and publishes the net difference', async () => {
    const [alice, bob, carol] = await okta.createUsers(3);
    const inner = await okta.createGroup({ displayName: 'Inner' });
    const group = await okta.createGroup({ displayName: 'Ops', members: members(alice!, bob!, inner) });
    await okta.takeEvents();
    const where = (filter: string) => ({ op: 'remove' as const, path: `members[${filter}]` });
    await okta.patchGroup(group.id, [where('type eq "Group" and display sw "inn"')]);
    expect(await okta.memberIds(group.id)).toEqual([alice!.id, bob!.id].sort());
    await okta.takeEvents();
    await okta.patchGroup(group.id, [add(carol!), where(`not (value eq "${bob!.id}")`), add(alice!)]);
    expect(await okta.memberIds(group.id)).toEqual([alice!.id, bob!.id].sort());
    expect(await okta.takeEvents()).toEqual([]);
    await okta.patchGroup(group.id, [add(carol!), where(`not (value eq "${bob!.id}")`), where('type eq "Group"')]);
    expect(await okta.memberIds(group.id)).toEqual([bob!.id]);
    expect(differences(await okta.takeEvents())).toEqual([`-${alice!.id}`]);
  });

  it('ignores unknown and invalid member ids and adds the others', async () => {
    const [alice] = await okta.createUsers(1);
    const bob = await directory.tenant().createUser({ userName: 'bob' });
    const unknown = [bob, ...[uuidv7(), 'nope', "'); DROP TABLE identity.users --"].map((id) => ({ id }))];
    const { id } = await okta.createGroup({ displayName: 'Ops', members: members(...unknown) });
    const after = await okta.patchGroup(id, [remove({ id: 'unknown' }), add(...unknown, alice!)]);
    expect(after.members.map(({ id }) => id)).toEqual([alice!.id]);
    expect(await okta.memberIds(id)).toEqual([alice!.id]);
  });

  it('displays members by displayName or else by userName, and keeps inactive members', async () => {
    const alice = await okta.createUser({ userName: 'alice', displayName: 'Alice Archer' });
    const erin = await okta.createUser({ userName: 'erin', active: false });
    const { members: shown } = await okta.createGroup({ displayName: 'Ops', members: members(alice, erin) });
    expect(new Set(shown.map(({ display }) => display))).toEqual(new Set(['Alice Archer', 'erin']));
    await okta.patchUser(alice.id, [{ op: 'replace', value: { active: false } }]);
    expect(await okta.memberIds(shown.length ? (await okta.findGroups()).items[0]!.id : '')).toHaveLength(2);
  });

  it('loses no concurrent PATCH of members', async () => {
    const users = await okta.createUsers(40);
    const { id } = await okta.createGroup({ displayName: 'Ops', members: members(...users.slice(0, 20)) });
    await okta.takeEvents();
    await Promise.all(users.map((user, i) => okta.patchGroup(id, [i < 20 ? remove(user) : add(user)])));
    expect(await okta.memberIds(id)).toEqual(
      users
        .slice(20)
        .map((user) => user.id)
        .sort(),
    );
    const events = await okta.takeEvents();
    expect(events.map(({ version }) => version)).toEqual(Array.from({ length: 40 }, (_, i) => i + 3));
    expect(differences(events)).toHaveLength(40);
  });

  it('loses no concurrent PATCH of attributes', async () => {
    for (let round = 0; round < 10; round++) {
      const { id } = await okta.createGroup({ displayName: 'Ops' });
      await Promise.all([
        okta.patchGroup(id, [{ op: 'replace', path: 'displayName', value: 'Operations' }]),
        okta.patchGroup(id, [{ op: 'replace', path: 'externalId', value: 'g1' }]),
      ]);
      expect(await okta.getGroup(id)).toMatchObject({
        version: 3,
        attributes: { displayName: 'Operations', externalId: 'g1' },
      });
    }
  });

  it('succeeds while the added users are deleted', async () => {
    const users = await okta.createUsers(30);
    const { id } = await okta.createGroup({ displayName: 'Ops' });
    await Promise.all([
      ...users.map((user) => okta.deleteUser(user.id)),
      ...users.map((user, i) => okta.patchGroup(id, [add(user, users[29 - i]!)])),
    ]);
    expect(await okta.memberIds(id)).toEqual([]);
  });

  it('can have 1,000 operations, which are published in chunks of one version', async () => {
    const users = await okta.createUsers(1_000);
    const { id } = await okta.createGroup({ displayName: 'Ops', members: members(...users.slice(0, 400)) });
    await okta.takeEvents();
    await okta.patchGroup(
      id,
      users.map((user, i) => (i < 400 ? remove(user) : add(user))),
    );
    expect(await okta.memberIds(id)).toEqual(
      users
        .slice(400)
        .map((user) => user.id)
        .sort(),
    );
    const events = await okta.takeEvents();
    expect(events.map(({ data }) => data)).toMatchObject([
      { version: 3, chunk: 0, chunks: 2 },
      { version: 3, chunk: 1, chunks: 2 },
    ]);
    expect(differences(events)).toHaveLength(1_000);
  });
});
