import { LIST_BYTES } from '@tidegate/contracts';
import { GROUP, USER } from '@tidegate/scim';
import { GROUP_ROW } from '../src/groups/group.row.js';
import { search } from '../src/search/search.queries.js';
import { USER_ROW } from '../src/users/user.row.js';
import { BASE_URL, type Directory, openDirectory, type Tenant } from './harness.js';
import { type Asked, listGroups, listUsers, manyUsers, pagesOf } from './search-directory.js';

const MANY = 120;
const BIG = 40_000;

const bytesOf = (items: unknown[]) => Buffer.byteLength(JSON.stringify(items));

describe('a page of big resources', () => {
  let directory: Directory;
  let tenant: Tenant;
  let ids: string[];
  beforeAll(async () => {
    directory = await openDirectory();
    tenant = directory.tenant();
    await tenant.createUser({ userName: 'alice' });
    ids = [(await tenant.findUsers()).items[0]!.id, ...(await manyUsers(tenant, MANY))];
    await tenant.sql(
      `UPDATE identity.users SET attributes = attributes || jsonb_build_object('title', repeat('x', ${BIG}))
       WHERE integration_id = $1 AND user_name <> 'alice'`,
      [tenant.integrationId],
    );
  });
  afterAll(() => directory.close());

  /** Goes on where the page before ended: `startIndex` plus `itemsPerPage`. */
  async function pagesByIndex(asked: Asked): Promise<{ found: string[]; sizes: number[] }> {
    const found: string[] = [];
    const sizes: number[] = [];
    for (;;) {
      const { items, totalResults } = await listUsers(tenant, { ...asked, startIndex: found.length + 1 });
      expect(totalResults).toBe(MANY + 1);
      found.push(...items.map(({ id }) => id));
      sizes.push(items.length);
      expect(bytesOf(items)).toBeLessThanOrEqual(LIST_BYTES);
      if (found.length >= totalResults || items.length === 0) return { found, sizes };
    }
  }

  it.each<[string, Asked]>([
    ['of everything', {}],
    ['that a filter finds', { filter: 'active eq true' }],
    ['in an order', { sortBy: 'userName' }],
    ['in an order, descending', { sortBy: 'userName', sortOrder: 'descending' }],
  ])('has fewer users %s than asked, and who follows the index misses none', async (_, asked) => {
    const { found, sizes } = await pagesByIndex(asked);
    const expected = asked.sortOrder === 'descending' ? [...ids].reverse() : ids;
    expect([...found].sort()).toEqual([...ids].sort());
    expect(asked.sortBy ? found : [...found].sort()).toEqual(asked.sortBy ? expected : [...expected].sort());
    // As many as fit: 52 of 40,000 bytes are 2 MiB.
    expect(sizes.slice(0, -1).every((size) => size >= 50)).toBe(true);
  });

  it.each<[string, Asked]>([
    ['', {}],
    [' in an order, descending', { sortBy: 'userName', sortOrder: 'descending' }],
  ])('is followed and preceded by cursors to all the others%s', async (_, asked) => {
    const { forth, back } = await pagesOf((page) => listUsers(tenant, page), asked, 200);
    const expected = asked.sortOrder === 'descending' ? [...ids].reverse() : ids;
    expect(forth.flat()).toEqual(expected);
    expect(back.flat()).toEqual(expected);
    expect(forth.length).toBeGreaterThan(2);
  });

  it('is not read to its end', async () => {
    for (const more of [{}, { cursor: '' }, { sortBy: 'userName' }, { filter: 'active eq true' }]) {
      const query = { baseUrl: BASE_URL, startIndex: 1, count: 200, ...more };
      const asked = { type: USER, integrationId: tenant.integrationId, query, now: Date.now() };
      let read = 0;
      await tenant.inside((tx) =>
        search(tx, { table: 'identity.users', row: USER_ROW }, asked, (rows) => {
          read = rows.length;
          return Promise.resolve(rows.slice(0, 1));
        }),
      );
      expect([more, read]).toEqual([more, expect.any(Number)]);
      expect(read).toBeLessThan(60);
    }
  });

  it('is cut for the administration too, which follows the cursor', async () => {
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

describe('a page of resources with big relations', () => {
  let directory: Directory;
  beforeAll(async () => void (directory = await openDirectory()));
  afterAll(() => directory.close());

  /** Groups with names of so many characters, past the service. @returns their ids in order */
  async function manyGroups(tenant: Tenant, count: number, characters: number): Promise<string[]> {
    const rows = await tenant.sql<{ id: string }>(
      `WITH ids AS (SELECT md5('group' || n)::uuid AS id FROM generate_series(1, $2::int) AS n)
       INSERT INTO identity.groups (integration_id, id, command_id, display_name, display_name_key, attributes, keys)
       SELECT $1, id, id, repeat('g', $3::int), 'g' || id, '{"displayName":"g"}', '{}' FROM ids RETURNING id`,
      [tenant.integrationId, String(count), String(characters)],
    );
    return rows.map(({ id }) => id).sort();
  }

  it('is one user alone when that is bigger than a page', async () => {
    const tenant = directory.tenant();
    const users = [];
    for (const userName of ['alice', 'bob', 'carol']) users.push(await tenant.createUser({ userName }));
    await manyGroups(tenant, 2_500, 1_000);
    await tenant.sql(
      `INSERT INTO identity.group_members (integration_id, group_id, user_id)
       SELECT $1, id, $2 FROM identity.groups WHERE integration_id = $1`,
      [tenant.integrationId, users[1]!.id],
    );
    const { forth, back } = await pagesOf((page) => listUsers(tenant, page), {}, 200);
    expect(forth).toEqual(users.map(({ id }) => [id]));
    expect(back).toEqual(forth);
    const second = await listUsers(tenant, { startIndex: 2 });
    expect(second).toMatchObject({ totalResults: 3, items: [{ id: users[1]!.id }] });
    expect(second.items[0]!.groups).toHaveLength(2_500);
  });

  it('has all groups that were asked for, and leaves out members that do not fit', async () => {
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

  it('of groups with big attributes has fewer of them', async () => {
    const tenant = directory.tenant();
    const groups = await manyGroups(tenant, 60, 10);
    await tenant.sql(
      `UPDATE identity.groups SET attributes = attributes || jsonb_build_object('externalId', repeat('x', 50000))
       WHERE integration_id = $1`,
      [tenant.integrationId],
    );
    const { forth } = await pagesOf((page) => listGroups(tenant, page), {}, 200);
    expect([forth.length, forth.flat()]).toEqual([2, groups]);
    const asked = { type: GROUP, integrationId: tenant.integrationId, now: Date.now() };
    const query = { baseUrl: BASE_URL, startIndex: 1, count: 200 };
    const take = (rows: object[]) => Promise.resolve(rows);
    const read = await tenant.inside((tx) =>
      search(tx, { table: 'identity.groups', row: GROUP_ROW }, { ...asked, query }, take),
    );
    expect(read.items.length).toBeLessThan(60);
  });
});
