import { type CommandData, type CommandName } from '@tidegate/contracts';
import { type Dialect, DIALECTS, parseExtensions, tolerates } from '@tidegate/scim';
import { v7 as uuidv7 } from 'uuid';
import { add, type Directory, members, openDirectory, refusedWith, remove, type Tenant } from './harness.js';

const ROOM = 'urn:example:scim:1.0:Room';
const extension = { id: ROOM, attributes: [{ name: 'number', mutability: 'immutable' }, { name: 'floor' }] };
const extensions = parseExtensions({ User: [extension], Group: [extension] });

describe('the dialect and extensions of an integration', () => {
  let directory: Directory;
  let tenant: Tenant;
  beforeAll(async () => {
    directory = await openDirectory();
  });
  afterAll(() => directory.close());
  beforeEach(() => {
    tenant = directory.tenant();
  });

  const command = <N extends CommandName>(dialect: Dialect, name: N, data: CommandData<N>) =>
    tenant.command(name, data, { scim: { dialect, extensions } });
  const patchGroup = (dialect: Dialect, id: string, operations: CommandData<'groups.patch'>['operations']) =>
    tenant.groups.patch(command(dialect, 'groups.patch', { id, operations }));

  it.each(DIALECTS)('unknownMembers in %s: adding an id of no user and no group', async (dialect) => {
    const alice = await tenant.createUser({ userName: 'alice' });
    const group = await tenant.createGroup({ displayName: 'admins' });
    const writes = (unknownId: string) => {
      const value = [{ value: unknownId }, { value: alice.id }];
      const attributes = { displayName: `renamed ${unknownId}`, members: value };
      return [
        () =>
          tenant.groups.create(
            command(dialect, 'groups.create', { attributes: { ...attributes, displayName: `new ${unknownId}` } }),
          ),
        () => tenant.groups.replace(command(dialect, 'groups.replace', { id: group.id, attributes })),
        () => patchGroup(dialect, group.id, [{ op: 'add', path: 'members', value }]),
      ];
    };
    for (const write of [...writes(uuidv7()), ...writes('unknown')]) {
      if (tolerates(dialect, 'unknownMembers')) expect((await write()).members).toMatchObject([{ id: alice.id }]);
      else await expect(write()).rejects.toEqual(refusedWith('invalidValue'));
    }
    const { attributes, members } = await tenant.getGroup(group.id);
    if (!tolerates(dialect, 'unknownMembers')) expect([attributes, members]).toEqual([{ displayName: 'admins' }, []]);
    const groups = await tenant.findGroups();
    expect(groups.totalResults).toBe(tolerates(dialect, 'unknownMembers') ? 3 : 1);
  });

  it.each(DIALECTS)('removeOfNothing in %s: removing a user that is not a member', async (dialect) => {
    const [alice, bob, carol] = await tenant.createUsers(3);
    const group = await tenant.createGroup({ displayName: 'admins', members: members(alice!) });
    const rename = { op: 'replace', path: 'displayName', value: 'x' } as const;
    const removal = patchGroup(dialect, group.id, [rename, remove(bob!) as { op: 'remove'; path: string }]);
    if (tolerates(dialect, 'removeOfNothing')) expect((await removal).members).toHaveLength(1);
    else await expect(removal).rejects.toEqual(refusedWith('noTarget'));
    const operations = [add(carol!), remove(carol!), remove(alice!)] as CommandData<'groups.patch'>['operations'];
    expect((await patchGroup(dialect, group.id, operations)).members).toEqual([]);
  });

  it.each(DIALECTS)(
    'groupNamesUnique in %s: a create, a PUT and a PATCH with the name of another group',
    async (dialect) => {
      const create = (displayName: string, commandId?: string) =>
        tenant.groups.create({
          ...command(dialect, 'groups.create', { attributes: { displayName } }),
          ...(commandId ? { commandId } : {}),
        });
      const commandId = uuidv7();
      const taken = await create('Élan', commandId);
      const { id } = await create('Other');
      expect(await create('Élan', commandId)).toEqual(taken);
      const rename = { op: 'replace', path: 'displayName', value: 'ÉLAN' } as const;
      const writes = [
        () => create('élan'),
        () => tenant.groups.replace(command(dialect, 'groups.replace', { id, attributes: { displayName: 'élan' } })),
        () => patchGroup(dialect, id, [rename]),
      ];
      for (const write of writes) {
        if (tolerates(dialect, 'groupNamesUnique')) await expect(write()).rejects.toEqual(refusedWith('uniqueness'));
        else await write();
      }
      expect((await patchGroup(dialect, taken.id, [rename])).attributes).toEqual({ displayName: 'ÉLAN' });
      await tenant.groups.delete(command(dialect, 'groups.delete', { id: taken.id }));
      expect((await patchGroup(dialect, id, [rename])).attributes).toEqual({ displayName: 'ÉLAN' });
    },
  );

  it('of concurrent creates and renames to one name, one succeeds in entra', async () => {
    const groups = await Promise.all([1, 2, 3, 4].map((n) => tenant.createGroup({ displayName: `group ${n}` })));
    const rename = { op: 'replace', path: 'displayName', value: 'Ops' } as const;
    const results = await Promise.allSettled([
      ...groups.map(({ id }) => patchGroup('entra', id, [rename])),
      ...groups.map(() =>
        tenant.groups.create(command('entra', 'groups.create', { attributes: { displayName: 'ops' } })),
      ),
    ]);
    const refusals = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    expect(refusals).toEqual(Array.from({ length: 7 }, () => refusedWith('uniqueness')));
  });

  it('a PATCH of an extension attribute of a group does not change its members', async () => {
    const alice = await tenant.createUser({ userName: 'alice' });
    const { id } = await tenant.createGroup({ displayName: 'admins', members: members(alice) });
    const changed = await patchGroup('okta', id, [{ op: 'add', path: `${ROOM}:floor`, value: '3' }]);
    expect(changed).toMatchObject({ attributes: { [ROOM]: { floor: '3' } }, members: [{ id: alice.id }] });
  });

  it('an immutable attribute with a value cannot be changed or removed', async () => {
    const data = { attributes: { userName: 'alice', [ROOM]: { number: '7' } } };
    const { id } = await tenant.users.create(command('okta', 'users.create', data));
    const put = (attributes: CommandData<'users.replace'>['attributes']) =>
      tenant.users.replace(command('okta', 'users.replace', { id, attributes }));
    expect((await put({ userName: 'alice2' })).attributes).toMatchObject({
      userName: 'alice2',
      [ROOM]: { number: '7' },
    });
    await expect(put({ userName: 'alice3', [ROOM]: { number: '8' } })).rejects.toEqual(refusedWith('mutability'));
    const operations = [{ op: 'remove', path: ROOM }] as const;
    const patch = tenant.users.patch(command('okta', 'users.patch', { id, operations: [...operations] }));
    await expect(patch).rejects.toEqual(refusedWith('mutability'));
    expect(await tenant.getUser(id)).toMatchObject({ version: 2, attributes: { userName: 'alice2' } });
  });

  it('a user that does not conform to the current schema can be deactivated', async () => {
    const data = { attributes: { userName: 'alice', [ROOM]: { number: '7' }, 'urn:example:gone:X': { y: 'z' } } };
    const { id } = await tenant.users.create(command('okta', 'users.create', data));
    const badge = {
      id: ROOM,
      attributes: [
        { name: 'number', type: 'integer' },
        { name: 'badge', required: true },
      ],
    };
    const scim = { dialect: 'strict' as const, extensions: parseExtensions({ User: [badge] }) };
    const operations = [{ op: 'replace' as const, value: { active: false } }];
    const deactivated = await tenant.users.patch(tenant.command('users.patch', { id, operations }, { scim }));
    expect(deactivated.active).toBe(false);
  });
});
