import { LIST_BYTES } from '@tidegate/contracts';
import { columnsOf } from '@tidegate/database';
import { GROUP, USER } from '@tidegate/scim';
import { GroupRow } from '../src/groups/group.entity.js';
import { search } from '../src/search/search.queries.js';
import { UserRow } from '../src/users/user.entity.js';
import { BASE_URL, type Directory, openDirectory, type Tenant } from './harness.js';
import { type ListParams, listGroups, listUsers, manyUsers, pagesOf } from './search-directory.js';

const MANY = 120;
const LARGE_BYTES = 40_000;

const bytesOf = (items: unknown[]) => Buffer.byteLength(JSON.stringify(items));

describe('a page of large resources', () => {
  let directory: Directory;
  let tenant: Tenant;
  let ids: string[];
  beforeAll(async () => {
    directory = await openDirectory();
    tenant = directory.tenant();
    await tenant.createUser({ userName: 'alice' });
    ids = [(await tenant.findUsers()).items[0]!.id, ...(await manyUsers(tenant, MANY))];
    await tenant.sql(
      `UPDATE identity.users SET attributes = attributes || jsonb_build_object('title', repeat('x', ${LARGE_BYTES}))
       WHERE integration_id = $1 AND user_name <> 'alice'`,
      [tenant.integrationId],
    );
  });
  afterAll(() => directory.close());

  /** Reads all pages. The next `startIndex` is the previous one plus the number of items. */
  async function pagesByIndex(params: ListParams): Promise<{ found: string[]; sizes: number[] }> {
    const found: string[] = [];
    const sizes: number[] = [];
    for (;;) {
      const { items, totalResults } = await listUsers(tenant, { ...params, startIndex: found.length + 1 });
      expect(totalResults).toBe(MANY + 1);
      found.push(...items.map(({ id }) => id));
      sizes.push(items.length);
      expect(bytesOf(items)).toBeLessThanOrEqual(LIST_BYTES);
      if (found.length >= totalResults || items.length === 0) return { found, sizes };
    }
  }

  it.each<[string, ListParams]>([
    ['without a filter', {}],
    ['with a filter', { filter: 'active eq true' }],
    ['with a sort order', { sortBy: 'userName' }],
    ['with a descending sort order', { sortBy: 'userName', sortOrder: 'descending' }],
  ])('%s has fewer users than requested, and paging by index returns all users', async (_, params) => {
    const { found, sizes } = await pagesByIndex(params);
    const expected = params.sortOrder === 'descending' ? [...ids].reverse() : ids;
    expect([...found].sort()).toEqual([...ids].sort());
    expect(params.sortBy ? found : [...found].sort()).toEqual(params.sortBy ? expected : [...expected].sort());
    // As many as fit: 52 of 40,000 bytes are 2 MiB.
    expect(sizes.slice(0, -1).every((size) => size >= 50)).toBe(true);
  });

  it.each<[string, ListParams]>([
    ['', {}],
    [' with a descending sort order', { sortBy: 'userName', sortOrder: 'descending' }],
  ])('has cursors by which all users are read forward and backward%s', async (_, params) => {
    const { forward, backward } = await pagesOf((page) => listUsers(tenant, page), params, 200);
    const expected = params.sortOrder === 'descending' ? [...ids].reverse() : ids;
    expect(forward.flat()).toEqual(expected);
    expect(backward.flat()).toEqual(expected);
    expect(forward.length).toBeGreaterThan(2);
  });

  it('is not read completely from the database', async () => {
    for (const more of [{}, { cursor: '' }, { sortBy: 'userName' }, { filter: 'active eq true' }]) {
      const query = { baseUrl: BASE_URL, startIndex: 1, count: 200, ...more };
      const params = { type: USER, integrationId: tenant.integrationId, query, now: Date.now() };
      let read = 0;
      await tenant.inTransaction((tx) =>
        search(tx, { table: 'identity.users', row: columnsOf(UserRow) }, params, (rows) => {
          read = rows.length;
          return Promise.resolve(rows.slice(0, 1));
        }),
      );
      expect([more, read]).toEqual([more, expect.any(Number)]);
      expect(read).toBeLessThan(60);
    }
  });

  it('is limited in the API for administrators too, and paging by cursor returns all users', async () => {
    const found: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const data = { limit: 200, ...(cursor === undefined ? {} : { cursor }) };
      const page = await tenant.users.page(tenant.command('users.page', data));
      expect(bytesOf(page.items)).toBeLessThanOrEqual(LIST_BYTES);
      found.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(found).toEqual(ids);
  });
});

describe('a page of resources with many related resources', () => {
  let directory: Directory;
  beforeAll(async () => void (directory = await openDirectory()));
  afterAll(() => directory.close());

  /** Inserts groups with names of the given length with SQL. @returns their ids in order */
  async function manyGroups(tenant: Tenant, count: number, characters: number): Promise<string[]> {
    const rows = await tenant.sql<{ id: string }>(
      `WITH ids AS (SELECT md5('group' || n)::uuid AS id FROM generate_series(1, $2::int) AS n)
       INSERT INTO identity.groups (integration_id, id, command_id, display_name, display_name_key, attributes, keys)
       SELECT $1, id, id, repeat('g', $3::int), 'g' || id, '{"displayName":"g"}', '{}' FROM ids RETURNING id`,
      [tenant.integrationId, String(count), String(characters)],
    );
    return rows.map(({ id }) => id).sort();
  }

  it('has one user if that user is larger than a page', async () => {
    const tenant = directory.tenant();
    const users = [];
    for (const userName of ['alice', 'bob', 'carol']) users.push(await tenant.createUser({ userName }));
    await manyGroups(tenant, 2_500, 1_000);
    await tenant.sql(
      `INSERT INTO identity.group_members (integration_id, group_id, user_id)
       SELECT $1, id, $2 FROM identity.groups WHERE integration_id = $1`,
      [tenant.integrationId, users[1]!.id],
    );
    const { forward, backward } = await pagesOf((page) => listUsers(tenant, page), {}, 200);
    expect(forward).toEqual(users.map(({ id }) => [id]));
    expect(backward).toEqual(forward);
    const second = await listUsers(tenant, { startIndex: 2 });
    expect(second).toMatchObject({ totalResults: 3, items: [{ id: users[1]!.id }] });
    expect(second.items[0]!.groups).toHaveLength(2_500);
  });

  it('has all requested groups, without the members that do not fit', async () => {
    const tenant = directory.tenant();
    const alice = await tenant.createUser({ userName: 'alice' });
    const groups = await manyGroups(tenant, 60, 10);
    const members = await manyUsers(tenant, 490);
    await tenant.sql(
      `INSERT INTO identity.group_members (integration_id, group_id, user_id)
       SELECT $1, g.id, u.id FROM identity.groups g, identity.users u WHERE g.integration_id = $1 AND u.integration_id = $1`,
      [tenant.integrationId],
    );
    const { items, totalResults } = await listGroups(tenant);
    expect([totalResults, items.map(({ id }) => id)]).toEqual([60, groups]);
    expect(bytesOf(items)).toBeLessThanOrEqual(LIST_BYTES);
    const [first, last] = [items[0]!, items.at(-1)!];
    expect([first.members.length, first.nextMember]).toEqual([members.length + 1, null]);
    expect(last.members).toEqual([]);
    const data = { id: last.id, after: last.nextMember!, limit: 1_000 };
    const rest = await tenant.groups.members(tenant.command('groups.members', data));
    expect(rest.items.map(({ id }) => id)).toEqual([alice.id, ...members]);
  });

  it('of groups with large attributes has fewer groups', async () => {
    const tenant = directory.tenant();
    const groups = await manyGroups(tenant, 60, 10);
    await tenant.sql(
      `UPDATE identity.groups SET attributes = attributes || jsonb_build_object('externalId', repeat('x', 50000))
       WHERE integration_id = $1`,
      [tenant.integrationId],
    );
    const { forward } = await pagesOf((page) => listGroups(tenant, page), {}, 200);
    expect([forward.length, forward.flat()]).toEqual([2, groups]);
    const params = { type: GROUP, integrationId: tenant.integrationId, now: Date.now() };
    const query = { baseUrl: BASE_URL, startIndex: 1, count: 200 };
    const take = (rows: object[]) => Promise.resolve(rows);
    const read = await tenant.inTransaction((tx) =>
      search(tx, { table: 'identity.groups', row: columnsOf(GroupRow) }, { ...params, query }, take),
    );
    expect(read.items.length).toBeLessThan(60);
  });
});
