import { TEST_CAUSE } from '@tidegate/testing';
import { USER } from '@tidegate/scim';
import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { closeBlocks } from '../src/search/blocks.queries.js';
import { insertUser } from '../src/users/users.queries.js';
import { newUser, stateOf } from '../src/users/users.rule.js';
import { type Directory, openDirectory, type Tenant } from './harness.js';
import { listGroups, listUsers, manyUsers } from './search-directory.js';

const MANY = 4_600;
let directory: Directory;
let tenant: Tenant;
let ids: string[];
beforeAll(async () => void (directory = await openDirectory()));
afterAll(() => directory.close());
beforeEach(async () => {
  tenant = directory.tenant();
  await tenant.createUser({ userName: 'first' }); // inserts the integration
  await manyUsers(tenant, MANY);
  ids = await idsInTable();
});

const idsInTable = async () =>
  (await tenant.sql<{ id: string }>('SELECT id FROM identity.users ORDER BY id')).map(({ id }) => id);
const page = async (startIndex: number, count = 50) => {
  const { items, totalResults } = await listUsers(tenant, { startIndex, count });
  return { totalResults, ids: items.map(({ id }) => id) };
};
const close = () => tenant.inTransaction((tx) => closeBlocks(tx, 'users', tenant.integrationId));

/** Each block with its count and the number of its rows. */
const blocks = () =>
  tenant.sql<{ counted: number; actual: number }>(
    `SELECT b.count AS counted, (SELECT count(*)::int FROM identity.users u WHERE u.id >= b.first_id AND u.id < b.until) AS actual
     FROM (SELECT first_id, count, coalesce(lead(first_id) OVER (ORDER BY first_id),
             (SELECT users_closed_until FROM identity.integrations)) AS until
           FROM identity.list_blocks) AS b ORDER BY first_id`,
  );

/** Inserts a user whose id has an earlier time, as from a process with a slow clock. */
const insertLate = (id: string) =>
  tenant.inTransaction((tx) => {
    const user = { ...newUser({ userName: `late ${id}` }, new Date()), integrationId: tenant.integrationId, id };
    const row = {
      id,
      userName: id,
      displayName: null,
      externalId: null,
      active: true,
      deactivations: 0,
      version: 1,
    };
    const { integrationId } = tenant;
    const event = { name: 'user.created' as const, integrationId, subject: id, version: 1, ...TEST_CAUSE };
    return insertUser(tx, USER, { ...user, commandId: uuidv7() }, [{ ...event, data: stateOf(row) }]);
  });

it('a list request closes blocks of a long tail, and pages and totals do not change', async () => {
  const pages = async () => Promise.all([1, 999, 1000, 1001, 2500, MANY - 20, MANY + 50].map((start) => page(start)));
  const before = await pages();
  expect(before.map(({ totalResults }) => totalResults)).toEqual(before.map(() => MANY + 1));
  expect((await blocks()).map(({ counted, actual }) => [counted, actual])).toEqual([
    [1000, 1000],
    [1000, 1000],
    [1000, 1000],
  ]);
  expect(await pages()).toEqual(before);
  expect(before[3]!.ids).toEqual(ids.slice(1000, 1050));
  expect((await page(1, 0)).totalResults).toBe(MANY + 1);
  expect((await listUsers(tenant, { cursor: '', count: 1 })).totalResults).toBe(MANY + 1);
  expect((await listUsers(tenant, { sortBy: 'userName', count: 1 })).totalResults).toBe(MANY + 1);
});

it('counts of blocks are correct after concurrent creates, late creates, deletes and closes', async () => {
  await close();
  const step = fc.oneof(
    fc.record({ kind: fc.constant('delete' as const), at: fc.nat(MANY) }),
    fc.record({ kind: fc.constant('late' as const), at: fc.nat(MANY) }),
    fc.record({ kind: fc.constantFrom('create' as const, 'close' as const, 'list' as const), at: fc.nat(MANY) }),
  );
  const late = (at: number) => ids[at]!.slice(0, 24) + uuidv7().slice(24);
  const actions = {
    delete: (at: number) => tenant.deleteUser(ids[at]!),
    late: (at: number) => insertLate(late(at)),
    create: () => tenant.createUser({ userName: uuidv7() }),
    close: () => close().catch((error: unknown) => expect(error).toMatchObject({ code: '55P03' })),
    list: (at: number) => page(at),
  };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 10 }), fc.nat(MANY), async (steps, at) => {
      const outcomes = await Promise.allSettled(steps.map(({ kind, at }) => actions[kind](at)));
      for (const outcome of outcomes)
        if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'notFound' });
      const now = await idsInTable();
      for (const { counted, actual } of await blocks()) expect(counted).toBe(actual);
      expect(await page(at + 1, 20)).toEqual({ totalResults: now.length, ids: now.slice(at, at + 20) });
    }),
    { numRuns: 12 },
  );
});

it('the first possible id and the id at the end of the blocks are counted in the correct block', async () => {
  await insertLate('00000000-0000-7000-8000-000000000001');
  await close();
  await insertLate('00000000-0000-7000-8000-000000000000');
  const [{ until } = { until: '' }] = await tenant.sql<{ until: string }>(
    'SELECT users_closed_until AS until FROM identity.integrations',
  );
  await tenant.deleteUser(until);
  await insertLate(until);
  expect((await blocks())[0]).toEqual({ counted: 1001, actual: 1001 });
  for (const { counted, actual } of await blocks()) expect(counted).toBe(actual);
  expect((await page(1)).totalResults).toBe(MANY + 3);
});

it('the last 1,000 rows are never in a block, and closing waits only briefly for creates', async () => {
  await close();
  expect(await blocks()).toHaveLength(3);
  await manyUsers(tenant, 3_000, 'more');
  await tenant.inTransaction(async (tx) => {
    await tx.run('SELECT 1 FROM identity.integrations FOR SHARE');
    expect((await page(1)).totalResults).toBe(MANY + 3_001);
    await expect(close()).rejects.toMatchObject({ code: '55P03' });
  });
  expect(await blocks()).toHaveLength(3);
  expect((await page(1)).totalResults).toBe(MANY + 3_001);
  expect(await blocks()).toHaveLength(6);
});

it('groups have their own blocks', async () => {
  await tenant.sql(
    `INSERT INTO identity.groups (integration_id, id, command_id, display_name, display_name_key, attributes, keys)
     SELECT $1, id, id, 'g', 'g', '{"displayName":"g"}', '{}' FROM unnest($2::uuid[]) AS id`,
    [tenant.integrationId, Array.from({ length: 3_500 }, () => uuidv7())],
  );
  const first = await listGroups(tenant, { count: 2 });
  await tenant.deleteGroup(first.items[0]!.id);
  const kinds = await tenant.sql('SELECT kind, count FROM identity.list_blocks ORDER BY first_id');
  expect(kinds).toEqual([
    { kind: 'groups', count: 999 },
    { kind: 'groups', count: 1000 },
  ]);
  expect(await listGroups(tenant, { startIndex: 3_499, count: 5 })).toMatchObject({
    totalResults: 3_499,
    items: [expect.anything()],
  });
});
