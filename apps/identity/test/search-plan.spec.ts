import { type ScimListQuery } from '@tidegate/contracts';
import { type Bind, columnsOf, type Tx } from '@tidegate/database';
import { GROUP, USER } from '@tidegate/scim';
import { explainReads, type StatementReads } from '@tidegate/testing';
import pg from 'pg';
import { GroupRow } from '../src/groups/group.entity.js';
import { closeBlocks } from '../src/search/blocks.queries.js';
import { search } from '../src/search/search.queries.js';
import { UserRow } from '../src/users/user.entity.js';
import { BASE_URL, type Directory, members, openDirectory, type Tenant } from './harness.js';
import { listUsers, manyUsers } from './search-directory.js';

const MANY = 6_000;
const USERS = { table: 'identity.users', row: columnsOf(UserRow) } as const;
const GROUPS = { table: 'identity.groups', row: columnsOf(GroupRow) } as const;

let directory: Directory;
let tenant: Tenant;
let ids: string[];
let group: string;
beforeAll(async () => {
  directory = await openDirectory();
  tenant = directory.tenant();
  await tenant.createUser({ userName: 'first' });
  ids = await manyUsers(tenant, MANY);
  const nested = await tenant.createGroup({
    displayName: 'nested',
    members: ids.slice(0, 5).map((value) => ({ value })),
  });
  ({ id: group } = await tenant.createGroup({ displayName: 'Ops', members: members(nested) }));
  await tenant.sql(
    `INSERT INTO identity.groups (integration_id, id, command_id, display_name, display_name_key, attributes, keys)
     SELECT $1, id, id, 'g', 'g' || id, '{"displayName":"g"}', '{}' FROM unnest($2::uuid[]) AS id`,
    [tenant.integrationId, ids],
  );
  await tenant.sql(
    `INSERT INTO identity.group_members (integration_id, group_id, user_id)
     SELECT $1, g.id, u.id FROM unnest($2::uuid[]) AS g (id), unnest($2::uuid[]) AS u (id) WHERE hashtext(g.id::text || u.id::text) % 2000 = 0`,
    [tenant.integrationId, ids.slice(0, 2_000)],
  );
  await tenant.sql(
    `INSERT INTO identity.group_groups (integration_id, group_id, member_id)
     SELECT $1, g.id, m.id FROM unnest($2::uuid[]) WITH ORDINALITY AS g (id, n), unnest($2::uuid[]) WITH ORDINALITY AS m (id, n)
     WHERE m.n = g.n + 3000`,
    [tenant.integrationId, ids],
  );
  await tenant.inTransaction((tx) => closeBlocks(tx, 'users', tenant.integrationId));
  const owner = new pg.Client({ connectionString: directory.url });
  await owner.connect();
  await owner.query('ANALYZE');
  await owner.end();
});
afterAll(() => directory.close());

interface Sent {
  sql: string;
  binds: readonly Bind[];
}

/** Runs a search. @returns the statements that it sent to the database */
async function sent(params: Partial<ScimListQuery>, of: 'User' | 'Group' = 'User'): Promise<Sent[]> {
  const statements: Sent[] = [];
  const query = { baseUrl: BASE_URL, startIndex: 1, count: 50, ...params };
  const { integrationId } = tenant;
  await tenant.inTransaction(async (tx) => {
    const record =
      (name: 'rows' | 'row' | 'run' | 'search') =>
      (sql: string, binds: readonly Bind[] = []) => {
        statements.push({ sql, binds });
        return tx[name](sql, binds);
      };
    const recorded = {
      rows: record('rows'),
      row: record('row'),
      run: record('run'),
      search: record('search'),
    } as unknown as Tx;
    const [listed, type] = of === 'User' ? ([USERS, USER] as const) : ([GROUPS, GROUP] as const);
    await search(recorded, listed, { type, integrationId, query, now: Date.now() }, (rows) => Promise.resolve(rows));
  });
  return statements;
}

const readsOf = ({ sql, binds }: Sent): Promise<StatementReads> =>
  tenant.inTransaction((tx) => explainReads<Bind>((explain, values) => tx.search(explain, values), sql, binds));

/** The number of table rows that statements read, including discarded ones. */
async function rowsRead(statements: Sent[]): Promise<number> {
  let read = 0;
  for (const statement of statements) read += (await readsOf(statement)).rowsRead;
  return read;
}

describe('usual filters of identity providers use an index under row-level security', () => {
  const lookups: [string, 'User' | 'Group', () => Partial<ScimListQuery>][] = [
    ['userName', 'User', () => ({ filter: 'userName eq "many0100"' })],
    ['externalId', 'User', () => ({ filter: 'externalId eq "xmany0100"' })],
    ['displayName', 'User', () => ({ filter: 'displayName eq "dmany0100"' })],
    ['id', 'User', () => ({ filter: `id eq "${ids[100]}"` })],
    ['emails.value', 'User', () => ({ filter: 'emails.value eq "MANY0100"' })],
    ['emails', 'User', () => ({ filter: 'emails eq "many0100"' })],
    ['emails[value]', 'User', () => ({ filter: 'emails[value eq "many0100"]' })],
    ['emails[type and value]', 'User', () => ({ filter: 'emails[type eq "work" and value eq "many0100"]' })],
    ['emails[type].value', 'User', () => ({ filter: 'emails[type eq "work"].value eq "many0100"' })],
    ['userName or emails.value', 'User', () => ({ filter: 'userName eq "many0100" or emails.value eq "many0100"' })],
    ['groups.value', 'User', () => ({ filter: `groups.value eq "${group}"` })],
    ['groups[value]', 'User', () => ({ filter: `groups[value eq "${group}" and type eq "indirect"]` })],
    [
      'lastModified after',
      'User',
      () => ({ filter: `meta.lastModified gt "${new Date(Date.now() - 36e5).toISOString()}"` }),
    ],
    [
      'a range of lastModified',
      'User',
      () => ({
        filter: `meta.lastModified ge "${new Date(Date.now() - 20 * 36e5).toISOString()}" and meta.lastModified lt "${new Date(Date.now() - 15 * 36e5).toISOString()}"`,
      }),
    ],
    ['displayName of a group', 'Group', () => ({ filter: `displayName eq "g${ids[7]}"` })],
    ['id of a group', 'Group', () => ({ filter: `id eq "${group}"` })],
    ['members.value', 'Group', () => ({ filter: `members.value eq "${ids[9]}"` })],
    ['members[value]', 'Group', () => ({ filter: `members[value eq "${ids[9]}"]` })],
    [
      'id and members, as Okta and Entra send it,',
      'Group',
      () => ({ filter: `id eq "${group}" and members eq "${ids[9]}"` }),
    ],
  ];
  it.each(lookups)('%s of a %s', async (_, type, params) => {
    const statements = await sent(params(), type);
    for (const statement of statements) expect((await readsOf(statement)).sequentialScans).toEqual([]);
    expect(await rowsRead(statements)).toBeLessThan(100);
  });

  it('a lookup by userName is one statement, and count 0 reads no resources', async () => {
    expect(await sent({ filter: 'userName eq "many0100"' })).toHaveLength(1);
    for (const { sql } of await sent({ count: 0 })) expect(sql).not.toContain('attributes');
    expect(await sent({ count: 0, filter: 'active eq true' })).toMatchObject([
      { sql: expect.stringContaining('count(*)') },
    ]);
  });
});

describe('a page far from the start of a list reads about as many rows as the first', () => {
  it('by index', async () => {
    for (const startIndex of [1, 2_000, MANY - 100])
      expect(await rowsRead(await sent({ startIndex, count: 50 }))).toBeLessThan(2_500);
    const [, page] = await sent({ startIndex: 4_001, count: 50 });
    expect(await rowsRead([page!])).toBeLessThanOrEqual(1_050);
  });

  it.each<[string, Partial<ScimListQuery>]>([
    ['in the order of ids', {}],
    ['sorted by userName', { sortBy: 'userName' }],
    ['sorted by displayName, descending', { sortBy: 'displayName', sortOrder: 'descending' }],
    ['sorted by lastModified', { sortBy: 'meta.lastModified' }],
    ['filtered without an index', { filter: 'emails.type eq "work"' }],
  ])('by cursor, %s', async (_, params) => {
    let cursor: string | undefined = '';
    let pages = 0;
    for (; cursor !== undefined && pages < 25; pages++)
      cursor = (await listUsers(tenant, { ...params, cursor, count: 200 })).nextCursor;
    expect(pages).toBe(25);
    const [page] = await sent({ ...params, cursor, count: 50 });
    expect(page!.sql).not.toContain('OFFSET');
    expect(await rowsRead([page!])).toBeLessThan(500);
  });
});

it('no text of a filter, sort order or attribute name becomes part of the SQL', async () => {
  const texts = [`'; DROP TABLE identity.users; --`, 'Zanzibar', 'urn:ietf:params:scim:schemas:extension'];
  const quoted = JSON.stringify(texts[0]);
  const enterprise = `${texts[2]}:enterprise:2.0:User`;
  for (const params of [
    {
      filter: `userName co ${quoted} or emails[type eq "Zanzibar" and not (value sw ${quoted})] or ${enterprise}:department eq ${quoted}`,
    },
    {
      filter: `groups.display eq ${quoted} or meta.location ew "Zanzibar" or name.familyName gt "Zanzibar" or id sw "Zanzibar"`,
    },
    { filter: `schemas eq "${enterprise}"`, sortBy: `${enterprise}:costCenter`, count: 0 },
    { sortBy: 'emails.display', sortOrder: 'descending' as const },
  ]) {
    for (const { sql } of await sent(params)) {
      for (const text of [...texts, 'department', 'costCenter', 'familyName', "emails'", BASE_URL])
        expect(sql).not.toContain(text);
      expect(sql).not.toMatch(/Zanzibar/i);
    }
  }
});
