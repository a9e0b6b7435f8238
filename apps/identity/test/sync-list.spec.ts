import { TEST_ACTOR } from '@tidegate/testing';
import {
  type Event,
  type GroupMembersChanged,
  type GroupState,
  type IntegrationState,
  type UserRecord,
} from '@tidegate/contracts';
import { v7 as uuidv7 } from 'uuid';
import pg from 'pg';
import {
  add,
  differences,
  type Directory,
  members,
  openDirectory,
  refusedWith,
  remove,
  type Tenant,
} from './harness.js';

let directory: Directory;
let okta: Tenant;
/** The version of the integration. */
let version: number;
beforeAll(async () => void (directory = await openDirectory()));
afterAll(() => directory.close());
beforeEach(() => {
  okta = directory.tenant();
  version = 0;
});

/** The event that the gateway publishes when an administrator saves a list. */
function saved(groupsToSync: string[], more: Partial<IntegrationState> = {}): Event<'integration.updated'> {
  const { integrationId } = okta;
  const list = { groupsToSync, groupsToSyncVersion: ++version };
  const marks = { profileAttributes: [], profileAttributesVersion: 0, managerAttribute: null };
  const state = { integrationId, name: 'Acme', type: 'okta-scim', status: 'active' as const, removed: false };
  return {
    id: uuidv7(),
    name: 'integration.updated',
    integrationId,
    subject: integrationId,
    version,
    time: new Date().toISOString(),
    requestId: 'list saved',
    actor: TEST_ACTOR,
    data: { ...state, ...marks, disabled: false, disablements: 0, version, ...list, ...more },
  };
}
const save = (...names: string[]) => directory.integrations.handleEvent(saved(names));
const summary = (events: Event[]) => events.map(({ name, version }) => `${name}@${version}`);
const synced = async (id: string) => (await okta.getGroup(id)).synced;
/**
 * Creates at least `count` users, 200 at a time, because too many concurrent commands time out waiting for a
 * connection.
 */
async function manyUsers(count: number): Promise<UserRecord[]> {
  const users: UserRecord[] = [];
  while (users.length < count) {
    const names = Array.from({ length: 200 }, (_, i) => `user${users.length + i}`);
    users.push(...(await Promise.all(names.map((userName) => okta.createUser({ userName })))));
  }
  return users;
}
const statesOf = async (groups: { id: string; syncVersion: number }[]) =>
  directory.syncLists.states(okta.command('groups.states', { groups }));

describe('a group outside the list', () => {
  it('is written and read like any other, and no events are published', async () => {
    await save('Ops');
    const [alice, bob] = await okta.createUsers(2);
    await okta.takeEvents();
    const group = await okta.createGroup({ displayName: 'Billing', members: members(alice!) });
    await okta.patchGroup(group.id, [add(bob!), remove(alice!)]);
    await okta.putGroup(group.id, { displayName: 'Billing EU', members: members(bob!) });
    expect(await okta.getGroup(group.id)).toMatchObject({
      attributes: { displayName: 'Billing EU' },
      members: [{ id: bob!.id }],
      version: 4,
      synced: false,
    });
    expect((await okta.findGroups('displayName eq "billing eu"')).totalResults).toBe(1);
    expect((await okta.getUser(bob!.id)).groups).toMatchObject([{ value: group.id }]);
    await okta.deleteGroup(group.id);
    await expect(okta.getGroup(group.id)).rejects.toEqual(refusedWith('notFound'));
    expect(await okta.takeEvents()).toEqual([]);
  });

  it('is published with all its members under one new version when it is added to the list', async () => {
    await save('Ops');
    const users = await manyUsers(1_200);
    const inner = await okta.createGroup({ displayName: 'Ops' });
    const { id, version: before } = await okta.createGroup({
      displayName: 'Billing',
      members: members(...users, inner),
    });
    await okta.takeEvents();
    await save('ops', 'BILLING');
    const events = await okta.takeEvents();
    expect(summary(events)).toEqual([
      `group.synced@${before + 1}`,
      ...[0, 1, 2].map(() => `group.members.changed@${before + 1}`),
    ]);
    expect(events[0]!.data).toMatchObject({ groupId: id, synced: true, syncVersion: before + 1 });
    expect(differences(events)).toEqual([...users, inner].map((member) => `+${member.id}`).sort());
    expect(events.slice(1).map(({ data }) => (data as GroupMembersChanged).chunk)).toEqual([0, 1, 2]);
    expect((events.at(-1)!.data as GroupMembersChanged).chunks).toBe(3);
    expect(events.every(({ requestId }) => requestId === 'list saved')).toBe(true);
    await okta.patchGroup(id, [remove(users[0]!)]);
    expect(summary(await okta.takeEvents())).toEqual([`group.members.changed@${before + 2}`]);
  });

  it('keeps its lastModified when it becomes synced', async () => {
    await save('Ops');
    const { id, lastModifiedAt } = await okta.createGroup({ displayName: 'Billing' });
    await save();
    expect(await okta.getGroup(id)).toMatchObject({ synced: true, lastModifiedAt, version: 2 });
  });
});

describe('a group that is removed from the list', () => {
  it('is published as unsynced, and afterwards only its deletion is published', async () => {
    const [alice] = await okta.createUsers(1);
    const { id } = await okta.createGroup({ displayName: 'Billing' });
    await okta.takeEvents();
    await save('Ops');
    await okta.patchGroup(id, [add(alice!), { op: 'replace', value: { displayName: 'Billing EU' } }]);
    const [unsynced, ...others] = await okta.takeEvents();
    expect(unsynced).toMatchObject({ name: 'group.unsynced', data: { synced: false, syncVersion: 2, version: 2 } });
    expect(others).toEqual([]);
    await okta.deleteGroup(id);
    expect(await okta.takeEvents()).toMatchObject([{ name: 'group.deleted', data: { deleted: true, synced: false } }]);
  });

  it('is published with all its members again when it is added again', async () => {
    const [alice] = await okta.createUsers(1);
    const { id } = await okta.createGroup({ displayName: 'Billing', members: members(alice!) });
    await save('Ops');
    await save('Billing');
    await save('Ops');
    await okta.takeEvents();
    await save();
    const events = await okta.takeEvents();
    expect(summary(events)).toEqual(['group.synced@6', 'group.members.changed@6']);
    expect(differences(events)).toEqual([`+${alice!.id}`]);
    expect(await synced(id)).toBe(true);
  });
});

describe('a list', () => {
  it('that is older or repeated changes nothing', async () => {
    const { id } = await okta.createGroup({ displayName: 'Billing' });
    const [first, second] = [saved(['Billing']), saved(['Ops'])];
    await directory.integrations.handleEvent(second);
    await directory.integrations.handleEvent(first);
    await directory.integrations.handleEvent({ ...first, id: uuidv7() });
    await directory.integrations.handleEvent({ ...second, id: uuidv7() });
    expect(await synced(id)).toBe(false);
    expect(summary(await okta.takeEvents())).toEqual(['group.created@1', 'group.unsynced@2']);
  });

  it('that does not change together with other settings is not applied again', async () => {
    await save('Ops');
    const { id } = await okta.createGroup({ displayName: 'Ops' });
    await okta.putGroup(id, { displayName: 'Operations' });
    await directory.integrations.handleEvent(saved(['Ops'], { groupsToSyncVersion: 1, version: 2 }));
    expect(await synced(id)).toBe(true);
  });

  it('selects groups by id: a rename has no effect until the list is saved again', async () => {
    await save('Ops');
    const ops = await okta.createGroup({ displayName: 'Ops' });
    const billing = await okta.createGroup({ displayName: 'Billing' });
    await okta.putGroup(ops.id, { displayName: 'Operations' });
    await okta.putGroup(billing.id, { displayName: 'Ops' });
    expect([await synced(ops.id), await synced(billing.id)]).toEqual([true, false]);
    await save('Ops');
    expect([await synced(ops.id), await synced(billing.id)]).toEqual([false, true]);
  });

  it('in a create command is used only until the event of the integration is received', async () => {
    const create = (displayName: string) => okta.createGroup({ displayName }, { groupsToSync: ['Ops'] });
    expect([(await create('OPS')).synced, (await create('Billing')).synced]).toEqual([true, false]);
    await save('Billing');
    expect([(await create('Ops')).synced, (await create('Billing')).synced]).toEqual([false, true]);
    const { items } = await directory.groups.page(okta.command('groups.page', { limit: 9, synced: true }));
    expect(items.map(({ attributes }) => attributes.displayName)).toEqual(['Billing', 'Billing']);
    const others = await directory.groups.page(okta.command('groups.page', { limit: 9, synced: false }));
    expect(others.items.map(({ attributes }) => attributes.displayName)).toEqual(['OPS', 'Ops']);
  });

  it('applies to one integration', async () => {
    const { id } = await okta.createGroup({ displayName: 'Billing' });
    const other = directory.tenant();
    const foreign = await other.createGroup({ displayName: 'Billing' });
    await save('Ops');
    expect(await synced(id)).toBe(false);
    expect((await other.getGroup(foreign.id)).synced).toBe(true);
  });

  it('of a removed integration is deleted and not applied', async () => {
    await save('Billing');
    await okta.createGroup({ displayName: 'Billing' });
    await directory.integrations.handleEvent(saved(['Ops'], { removed: true }));
    await save('Billing');
    expect(await okta.sql('SELECT 1 FROM identity.sync_passes')).toEqual([]);
    expect(await okta.sql('SELECT sync_list FROM identity.integrations')).toEqual([{ sync_list: null }]);
  });

  it('is applied to any number of groups and to groups created at the same time', async () => {
    const names = Array.from({ length: 150 }, (_, i) => (i % 2 ? 'Ops' : 'Billing'));
    for (let round = 0; round < 3; round++)
      await Promise.all(names.map((displayName) => okta.createGroup({ displayName })));
    const [, late] = await Promise.all([save('Ops'), okta.createGroup({ displayName: 'Billing' })]);
    const { items } = await directory.groups.page(okta.command('groups.page', { limit: 200, synced: true }));
    expect(new Set(items.map(({ attributes }) => attributes.displayName))).toEqual(new Set(['Ops']));
    expect(await synced(late.id)).toBe(false);
    const rows = await okta.sql<{ n: number }>('SELECT count(*)::int AS n FROM identity.groups WHERE synced');
    expect(rows).toEqual([{ n: 225 }]);
  });
});

describe('after a crash', () => {
  it('the publication of a large group continues, and every member is published', async () => {
    await save('Ops');
    const users = await manyUsers(5_600);
    const { id } = await okta.createGroup({ displayName: 'Billing', members: members(...users) });
    await okta.takeEvents();
    const owner = new pg.Client({ connectionString: directory.url });
    await owner.connect();
    const event = saved([]);
    try {
      await owner.query(`CREATE FUNCTION identity.fail_insert() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN IF (NEW.data ->> 'chunk')::int >= 10 THEN RAISE 'out of disk'; END IF; RETURN NEW; END $$`);
      await owner.query(`CREATE TRIGGER fail_insert BEFORE INSERT ON identity.outbox
        FOR EACH ROW EXECUTE FUNCTION identity.fail_insert()`);
      await expect(directory.integrations.handleEvent(event)).rejects.toThrow('out of disk');
      await okta.patchGroup(id, [remove(users[0]!)]);
    } finally {
      await owner.query('DROP FUNCTION identity.fail_insert CASCADE');
      await owner.end();
    }
    const before = await okta.takeEvents();
    expect(before.filter(({ version }) => version === 3)).toHaveLength(11);
    await directory.integrations.handleEvent(event);
    const after = await okta.takeEvents();
    expect(after.map(({ data }) => (data as GroupMembersChanged).chunk)).toEqual([10, 11]);
    const present = new Set(
      [...before, ...after].flatMap(({ version, data }) =>
        version === 3 ? ((data as Partial<GroupMembersChanged>).changes ?? []).map(({ userId }) => userId) : [],
      ),
    );
    expect(users.slice(1).filter((user) => !present.has(user.id))).toEqual([]);
    expect(await okta.sql('SELECT 1 FROM identity.sync_publications')).toEqual([]);
  });
});

describe('queries about the list', () => {
  it('groups.states returns groups that are no longer synced, and unknown groups', async () => {
    const [kept, left, deleted] = await Promise.all(
      ['Ops', 'Billing', 'Old'].map((displayName) => okta.createGroup({ displayName })),
    );
    await save('Ops', 'Old');
    await okta.deleteGroup(deleted!.id);
    const { changed, absent } = await statesOf([kept!, left!, deleted!].map(({ id }) => ({ id, syncVersion: 1 })));
    expect(changed.map(({ groupId, synced }: GroupState) => [groupId, synced])).toEqual([[left!.id, false]]);
    expect(absent).toEqual([deleted!.id]);
    expect((await statesOf([{ id: left!.id, syncVersion: 2 }])).changed).toEqual([]);
    const other = directory.tenant();
    const foreign = await directory.syncLists.states(
      other.command('groups.states', { groups: [{ id: left!.id, syncVersion: 1 }] }),
    );
    expect(foreign).toEqual({ changed: [], absent: [left!.id] });
    const tooMany = Array.from({ length: 501 }, () => ({ id: uuidv7(), syncVersion: 1 }));
    await expect(statesOf(tooMany)).rejects.toEqual(refusedWith('invalid'));
  });

  it('groups.match returns the number of groups that would join and leave, and names of no group', async () => {
    await save('Ops', 'Billing');
    const [ops, billing] = await Promise.all(
      ['Ops', 'Billing', 'Sales'].map((displayName) => okta.createGroup({ displayName })),
    );
    const match = (groupsToSync: string[], groupIds: string[] = []) =>
      directory.syncLists.match(okta.command('groups.match', { groupsToSync, groupIds }));
    expect(await match(['OPS', 'Sales', 'Unknown'], [ops!.id, billing!.id])).toEqual({
      joining: 1,
      leaving: 1,
      leavingIds: [billing!.id],
      unmatched: ['Unknown'],
    });
    expect(await match([], [billing!.id])).toEqual({ joining: 1, leaving: 0, leavingIds: [], unmatched: [] });
    expect(await synced(billing!.id)).toBe(true);
  });
});
