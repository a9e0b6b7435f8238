import { USER } from '@tidegate/scim';
import { eventually, TEST_CAUSE } from '@tidegate/testing';
import { v7 as uuidv7 } from 'uuid';
import { insertUser } from '../src/users/users.queries.js';
import { newUser, stateOf } from '../src/users/users.rule.js';
import { type Directory, members, openDirectory, refusedWith, type Tenant } from './harness.js';

let directory: Directory;
let here: Tenant;
let there: Tenant;
beforeAll(async () => void (directory = await openDirectory()));
afterAll(() => directory.close());
beforeEach(() => {
  here = directory.tenant();
  there = directory.tenant();
});

const TABLES = [
  'users',
  'deleted_users',
  'groups',
  'deleted_groups',
  'group_members',
  'group_groups',
  'user_emails',
  'list_blocks',
  'integrations', // keeps its row after a removal
];

const ROW = { userName: 'erin', displayName: null, externalId: null, active: true, deactivations: 0, version: 1 };

/** Whether a connection to this database is waiting for a lock. */
async function isLockAwaited(): Promise<boolean> {
  const waiting = await directory.database.unscoped((tx) =>
    tx.rows(`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`),
  );
  return waiting.length > 0;
}

/** Creates a row in every table for a tenant. */
async function fillTables(tenant: Tenant) {
  const bob = await tenant.createUser({ userName: 'bob' });
  const alice = await tenant.createUser({ userName: 'alice', emails: [{ value: 'alice@example.com' }] });
  const [nested, deletedGroup] = [
    await tenant.createGroup({ displayName: 'A' }),
    await tenant.createGroup({ displayName: 'B' }),
  ];
  const group = await tenant.createGroup({ displayName: 'Ops', members: members(alice, bob, nested, deletedGroup) });
  await tenant.deleteUser(bob.id);
  await tenant.deleteGroup(deletedGroup.id);
  const block = `INSERT INTO identity.list_blocks (integration_id, kind, first_id, count) VALUES ($1, 'users', $1, 0)`;
  await tenant.sql(block, [tenant.integrationId]);
  return { alice, group };
}

describe('row-level security, for statements without a condition on the integration,', () => {
  it.each(TABLES)('hides rows of %s of other integrations', async (table) => {
    await fillTables(here);
    await fillTables(there);
    const owners = await here.sql<{ id: string }>(`SELECT DISTINCT integration_id AS id FROM identity.${table}`);
    expect(owners).toEqual([{ id: here.integrationId }]);
  });

  it.each(TABLES)('hides all rows of %s in a transaction without an integration', async (table) => {
    await fillTables(here);
    expect(await directory.database.unscoped((tx) => tx.rows(`SELECT 1 FROM identity.${table}`))).toEqual([]);
  });

  it('prevents changes and deletes of rows of another integration', async () => {
    await fillTables(there);
    await here.sql(`UPDATE identity.users SET active = false, deactivations = 9`);
    await here.sql(`DELETE FROM identity.groups`);
    expect((await there.findUsers('active eq true')).totalResults).toBe(1);
    expect((await there.findGroups()).totalResults).toBe(2);
  });

  it('refuses inserts and updates for another integration', async () => {
    const { alice } = await fillTables(there);
    const refused = expect.objectContaining({ code: '42501' });
    const insert = `INSERT INTO identity.integrations (integration_id) VALUES ($1)`;
    await expect(here.sql(insert, [uuidv7()])).rejects.toEqual(refused);
    const copy = `INSERT INTO identity.deleted_users (integration_id, id, user_name, deactivations, version) VALUES ($1, $2, 'x', 0, 1)`;
    await expect(here.sql(copy, [there.integrationId, alice.id])).rejects.toEqual(refused);
    await fillTables(here);
    const move = `UPDATE identity.users SET integration_id = $1`;
    await expect(here.sql(move, [there.integrationId])).rejects.toEqual(refused);
  });

  it('cannot be disabled by the role of the service', async () => {
    await expect(here.sql('ALTER TABLE identity.users DISABLE ROW LEVEL SECURITY')).rejects.toThrow('owner');
  });
});

describe('events of integrations', () => {
  const event = (
    tenant: Tenant,
    name: 'integration.created' | 'integration.updated' | 'integration.removed',
    version: number,
  ) => ({
    id: uuidv7(),
    name,
    integrationId: tenant.integrationId,
    subject: tenant.integrationId,
    version,
    time: new Date().toISOString(),
    ...TEST_CAUSE,
    data: {
      integrationId: tenant.integrationId,
      name: 'Okta',
      type: 'okta-scim',
      status: 'active' as const,
      groupsToSync: [],
      groupsToSyncVersion: 1,
      profileAttributes: [],
      profileAttributesVersion: 0,
      managerAttribute: null,
      disabled: false,
      disablements: 0,
      removed: name === 'integration.removed',
      version,
    },
  });

  it('a removal deletes users, groups and tombstones without events, and late commands are refused', async () => {
    const { alice, group } = await fillTables(here);
    await fillTables(there);
    await here.takeEvents();
    await directory.integrations.handleEvent(event(here, 'integration.removed', 3));

    for (const table of TABLES.slice(0, -1)) expect(await here.sql(`SELECT 1 FROM identity.${table}`)).toEqual([]);
    expect(await here.takeEvents()).toEqual([]);
    const late = [
      here.createUser({ userName: 'late' }),
      here.createGroup({ displayName: 'late' }),
      here.getUser(alice.id),
      here.patchUser(alice.id, [{ op: 'replace', value: { active: true } }]),
      here.deleteUser(alice.id),
      here.patchGroup(group.id, [{ op: 'replace', path: 'members', value: [] }]),
    ];
    for (const command of late) await expect(command).rejects.toEqual(refusedWith('notFound'));
    expect(await here.deactivations([{ id: alice.id, deactivations: 0 }])).toEqual({ changed: [], absent: [alice.id] });
    expect((await there.findUsers()).totalResults).toBe(1);
  });

  it('a removal is not undone by older events that arrive later', async () => {
    await directory.integrations.handleEvent(event(here, 'integration.removed', 3));
    await directory.integrations.handleEvent(event(here, 'integration.created', 1));
    await directory.integrations.handleEvent(event(here, 'integration.updated', 2));
    await expect(here.createUser({ userName: 'late' })).rejects.toEqual(refusedWith('notFound'));
  });

  it('a removal deletes the user of a concurrent create', async () => {
    await here.createUser({ userName: 'first' });
    const id = uuidv7();
    const data = { integrationId: here.integrationId, subject: id, version: 1, ...TEST_CAUSE };
    const creation = {
      ...newUser({ userName: 'erin' }, new Date()),
      integrationId: here.integrationId,
      id,
      commandId: id,
    };
    let removal: Promise<unknown> = Promise.resolve();
    await here.inTransaction(async (tx) => {
      const row = await insertUser(tx, USER, creation, [
        { ...data, name: 'user.created', data: stateOf({ ...ROW, id }) },
      ]);
      expect(row?.id).toBe(id);
      let isOver = false;
      removal = directory.integrations
        .handleEvent(event(here, 'integration.removed', 3))
        .finally(() => (isOver = true));
      await eventually(async () => expect(isOver || (await isLockAwaited())).toBe(true));
    });
    await removal;
    expect(await here.sql('SELECT 1 FROM identity.users')).toEqual([]);
  });

  it('commands succeed before the first event, and a repeated event has no effect', async () => {
    await here.createUser({ userName: 'early' });
    const created = event(here, 'integration.created', 1);
    await directory.integrations.handleEvent(created);
    await directory.integrations.handleEvent(created);
    expect((await here.findUsers()).totalResults).toBe(1);
  });
});
