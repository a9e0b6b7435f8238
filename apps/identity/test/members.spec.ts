import { v7 as uuidv7 } from 'uuid';
import { add, differences, type Directory, members, openDirectory, remove, replace, type Tenant } from './harness.js';

let directory: Directory;
let okta: Tenant;
beforeAll(async () => void (directory = await openDirectory()));
afterAll(() => directory.close());
beforeEach(() => void (okta = directory.tenant()));

describe('changing members', () => {
  it('takes what Okta sends in one PATCH: removals and an addition', async () => {
    const [alice, bob, carol] = await okta.createUsers(3);
    const { id } = await okta.createGroup({ displayName: 'Ops', members: members(alice!, bob!) });
    await okta.told();
    const after = await okta.patchGroup(id, [remove(alice!), remove(bob!), add(carol!)]);
    expect(after).toMatchObject({ version: 3, members: [{ id: carol!.id, type: 'User' }] });
    const told = await okta.told();
    expect(told.map(({ name, version }) => [name, version])).toEqual([['group.members.changed', 3]]);
    expect(differences(told)).toEqual([`+${carol!.id}`, `-${alice!.id}`, `-${bob!.id}`].sort());
  });

  it('writes and tells only the difference of a replacement, by PATCH and by PUT', async () => {
    const [alice, bob, carol] = await okta.createUsers(3);
    const { id } = await okta.createGroup({ displayName: 'Ops', members: members(alice!, bob!) });
    await okta.told();
    await okta.patchGroup(id, [replace(bob!, carol!)]);
    expect(differences(await okta.told())).toEqual([`+${carol!.id}`, `-${alice!.id}`].sort());
    await okta.putGroup(id, { displayName: 'Ops', members: members(alice!, bob!) });
    expect(differences(await okta.told())).toEqual([`+${alice!.id}`, `-${carol!.id}`].sort());
    expect(await okta.memberIds(id)).toEqual([alice!.id, bob!.id].sort());
  });

  it('takes the ids alone, and changes of members that were taken out of the operations', async () => {
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
  ])('empties a group by %s; the users stay', async (_, empty) => {
    const users = await okta.createUsers(2);
    const { id } = await okta.createGroup({ displayName: 'Ops', members: members(...users) });
    expect((await empty(id)).members).toEqual([]);
    expect((await okta.getUser(users[0]!.id)).groups).toEqual([]);
  });

  it('tells the net difference of one PATCH, and nothing when it comes to nothing', async () => {
    const [alice, bob, carol] = await okta.createUsers(3);
    const group = await okta.createGroup({ displayName: 'Ops', members: members(alice!) });
    await okta.told();
    const circles = [
      add(bob!),
      remove(bob!),
      remove(alice!),
      add(alice!),
      replace(carol!),
      remove(carol!),
      add(alice!),
    ];
    expect(await okta.patchGroup(group.id, circles)).toEqual(group);
    expect(await okta.patchGroup(group.id, [add(alice!), remove(bob!)])).toEqual(group);
    expect(await okta.putGroup(group.id, { displayName: 'Ops', members: members(alice!, alice!) })).toEqual(group);
    expect(await okta.told()).toEqual([]);
  });

  it('takes away whom a filter means, among those who are there by then, and tells the net difference', async () => {
    const [alice, bob, carol] = await okta.createUsers(3);
    const inner = await okta.createGroup({ displayName: 'Inner' });
    const group = await okta.createGroup({ displayName: 'Ops', members: members(alice!, bob!, inner) });
    await okta.told();
    const where = (filter: string) => ({ op: 'remove' as const, path: `members[${filter}]` });
    await okta.patchGroup(group.id, [where('type eq "Group" and display sw "inn"')]);
    expect(await okta.memberIds(group.id)).toEqual([alice!.id, bob!.id].sort());
    await okta.told();
    await okta.patchGroup(group.id, [add(carol!), where(`not (value eq "${bob!.id}")`), add(alice!)]);
    expect(await okta.memberIds(group.id)).toEqual([alice!.id, bob!.id].sort());
    expect(await okta.told()).toEqual([]);
    await okta.patchGroup(group.id, [add(carol!), where(`not (value eq "${bob!.id}")`), where('type eq "Group"')]);
    expect(await okta.memberIds(group.id)).toEqual([bob!.id]);
    expect(differences(await okta.told())).toEqual([`-${alice!.id}`]);
  });

  it('passes over unknown members, whatever they look like, and takes the rest', async () => {
    const [alice] = await okta.createUsers(1);
    const stranger = await directory.tenant().createUser({ userName: 'stranger' });
    const unknown = [stranger, ...[uuidv7(), 'nope', "'); DROP TABLE identity.users --"].map((id) => ({ id }))];
    const { id } = await okta.createGroup({ displayName: 'Ops', members: members(...unknown) });
    const after = await okta.patchGroup(id, [remove({ id: 'ghost' }), add(...unknown, alice!)]);
    expect(after.members.map(({ id }) => id)).toEqual([alice!.id]);
    expect(await okta.memberIds(id)).toEqual([alice!.id]);
  });

  it('shows members by displayName, else by userName, and keeps inactive ones', async () => {
    const alice = await okta.createUser({ userName: 'alice', displayName: 'Alice Archer' });
    const erin = await okta.createUser({ userName: 'erin', active: false });
    const { members: shown } = await okta.createGroup({ displayName: 'Ops', members: members(alice, erin) });
    expect(new Set(shown.map(({ display }) => display))).toEqual(new Set(['Alice Archer', 'erin']));
    await okta.patchUser(alice.id, [{ op: 'replace', value: { active: false } }]);
    expect(await okta.memberIds(shown.length ? (await okta.findGroups()).items[0]!.id : '')).toHaveLength(2);
  });

  it('loses nothing of PATCHes that come at once', async () => {
    const users = await okta.createUsers(40);
    const { id } = await okta.createGroup({ displayName: 'Ops', members: members(...users.slice(0, 20)) });
    await okta.told();
    await Promise.all(users.map((user, i) => okta.patchGroup(id, [i < 20 ? remove(user) : add(user)])));
    expect(await okta.memberIds(id)).toEqual(
      users
        .slice(20)
        .map((user) => user.id)
        .sort(),
    );
    const told = await okta.told();
    expect(told.map(({ version }) => version)).toEqual(Array.from({ length: 40 }, (_, i) => i + 3));
    expect(differences(told)).toHaveLength(40);
  });

  it('and names loses neither of two PATCHes that come at once', async () => {
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

  it('survives users that are deleted while they are added', async () => {
    const users = await okta.createUsers(30);
    const { id } = await okta.createGroup({ displayName: 'Ops' });
    await Promise.all([
      ...users.map((user) => okta.deleteUser(user.id)),
      ...users.map((user, i) => okta.patchGroup(id, [add(user, users[29 - i]!)])),
    ]);
    expect(await okta.memberIds(id)).toEqual([]);
  });

  it('takes 1,000 operations in one PATCH and tells them in chunks of one version', async () => {
    const users = await okta.createUsers(1_000);
    const { id } = await okta.createGroup({ displayName: 'Ops', members: members(...users.slice(0, 400)) });
    await okta.told();
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
    const told = await okta.told();
    expect(told.map(({ data }) => data)).toMatchObject([
      { version: 3, chunk: 0, chunks: 2 },
      { version: 3, chunk: 1, chunks: 2 },
    ]);
    expect(differences(told)).toHaveLength(1_000);
  });
});
