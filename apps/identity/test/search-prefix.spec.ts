import { type CommandData } from '@tidegate/contracts';
import { type Bind, columnsOf, type Tx } from '@tidegate/database';
import { explainReads, type StatementReads } from '@tidegate/testing';
import pg from 'pg';
import { MANY_ENTRIES, pageByPrefix, WINDOW } from '../src/search/prefix.queries.js';
import { UserRow } from '../src/users/user.entity.js';
import { type Directory, openDirectory, type Tenant } from './harness.js';
import { manyUsers } from './search-directory.js';

let directory: Directory;
beforeAll(async () => (directory = await openDirectory()));
afterAll(() => directory.close());

const people = (tenant: Tenant, search: string, query: Partial<CommandData<'users.page'>> = {}) =>
  tenant.users.page(tenant.command('users.page', { limit: 200, search, ...query }));
const namesOf = async (tenant: Tenant, search: string) =>
  (await people(tenant, search)).items.map(({ attributes }) => attributes['userName']);

describe('a search by prefix', () => {
  let tenant: Tenant;
  let other: Tenant;
  beforeAll(async () => {
    [tenant, other] = [directory.tenant(), directory.tenant()];
    await tenant.createUser({
      userName: 'alice@example.com',
      displayName: 'Élodie Archer',
      externalId: '00uAlice',
      name: { givenName: 'Wendy', familyName: 'Østergård' },
      emails: [{ value: 'First@example.com', type: 'work' }, { value: 'second@example.org' }],
    });
    await tenant.createUser({ userName: 'bob', displayName: '100%_\\ real', externalId: '100%' });
    await tenant.createUser({ userName: 'Alicia' });
    await other.createUser({ userName: 'alice@elsewhere.example' });
  });

  it.each([
    ['ALICE@', 'userName'],
    ['élodie a', 'displayName'],
    ['ÉLO', 'displayName'],
    ['wen', 'the given name'],
    ['ØSTER', 'the family name'],
    ['first@', 'an e-mail address'],
    ['SECOND@example.org', 'another e-mail address'],
    ['00uAl', 'externalId'],
    ['00UALICE', 'externalId without regard to case'],
  ])('%s finds alice by %s', async (search) => {
    expect(await namesOf(tenant, search)).toEqual(['alice@example.com']);
  });

  it.each(['lice', 'archer', 'uAl', '%', '_', 'a%', '10__', '100%_\\\\', 'x', '\u{10FFFF}', 'Ali'.repeat(60)])(
    '%s, which begins no attribute, finds nobody',
    async (search) => expect(await namesOf(tenant, search)).toEqual([]),
  );

  it('characters of patterns stand for themselves', async () => {
    for (const search of ['100%', '100%_\\', '100%_\\ REAL']) expect(await namesOf(tenant, search)).toEqual(['bob']);
  });

  it('finds each user once, in the order of creation, and only users of the integration', async () => {
    expect(await namesOf(tenant, 'ali')).toEqual(['alice@example.com', 'Alicia']);
    expect(await namesOf(other, 'ali')).toEqual(['alice@elsewhere.example']);
    const first = await people(tenant, 'ali', { limit: 1 });
    const second = await people(tenant, 'ali', { limit: 1, cursor: first.nextCursor! });
    expect([first, second].map(({ items }) => items[0]!.attributes['userName'])).toEqual([
      'alice@example.com',
      'Alicia',
    ]);
    expect(second.nextCursor).toBeNull();
  });

  it('follows changes of a user', async () => {
    const { id } = await tenant.createUser({ userName: 'carol', name: { givenName: 'Quinn' } });
    expect(await namesOf(tenant, 'quinn')).toEqual(['carol']);
    await tenant.patchUser(id, [{ op: 'replace', path: 'name.givenName', value: `Zoe${'é'.repeat(2_000)}` }]);
    expect([await namesOf(tenant, 'quinn'), await namesOf(tenant, 'zoeé')]).toEqual([[], ['carol']]);
    await tenant.deleteUser(id);
    expect(await namesOf(tenant, 'zoe')).toEqual([]);
  });

  it('groups are found by displayName and externalId, also among the synced ones', async () => {
    await tenant.createGroup({ displayName: 'Production database', externalId: '00gProd' });
    await tenant.createGroup({ displayName: 'production web' });
    await other.createGroup({ displayName: 'Production elsewhere' });
    const found = async (search: string, synced?: boolean) =>
      (
        await tenant.groups.page(
          tenant.command('groups.page', { limit: 50, search, ...(synced === undefined ? {} : { synced }) }),
        )
      ).items.map(({ attributes }) => attributes['displayName']);
    expect(await found('PROD')).toEqual(['Production database', 'production web']);
    expect(await found('prod', true)).toEqual(['Production database', 'production web']);
    expect([await found('prod', false), await found('00GP'), await found('database')]).toEqual([
      [],
      ['Production database'],
      [],
    ]);
  });
});

describe('in a directory of 20,000 users', () => {
  const USERS = { table: 'identity.users', row: columnsOf(UserRow) } as const;
  let tenant: Tenant;
  let late: string[];
  beforeAll(async () => {
    tenant = directory.tenant();
    await manyUsers(directory.tenant(), 5_000, 'many');
    await manyUsers(tenant, 9_999, 'many');
    await manyUsers(tenant, 8_799, 'rest');
    late = await manyUsers(tenant, MANY_ENTRIES + 200, 'late');
    const owner = new pg.Client({ connectionString: directory.url });
    await owner.connect();
    await owner.query('ANALYZE');
    await owner.end();
  });

  /** Runs a search. @returns the page, and what its statements read */
  async function explained(prefix: string, after = '00000000-0000-0000-0000-000000000000') {
    return tenant.inTransaction(async (tx) => {
      const reads: StatementReads[] = [];
      const search = async (sql: string, binds: readonly Bind[] = []) => {
        reads.push(await explainReads<Bind>((explain, values) => tx.search(explain, values), sql, binds));
        return tx.search(sql, binds);
      };
      const page = await pageByPrefix(
        { search } as unknown as Tx,
        USERS,
        tenant.integrationId,
        { after, limit: 50, prefix },
        (rows: UserRow[]) => Promise.resolve(rows),
      );
      const rowsRead = reads.reduce((sum, each) => sum + each.rowsRead, 0);
      return { page, rowsRead, sequentialScans: reads.flatMap((each) => each.sequentialScans) };
    });
  }

  it.each(['many0777', 'dmany0777', 'xmany0777', 'late1', 'nobody'])(
    'a search for %s reads only what matches, through indexes',
    async (prefix) => {
      const { page, rowsRead, sequentialScans } = await explained(prefix);
      expect(sequentialScans).toEqual([]);
      const matching = prefix === 'late1' ? 201 : 1;
      expect(rowsRead).toBeLessThan(10 * matching);
      expect(page.items.length).toBe({ late1: 50, nobody: 0 }[prefix] ?? 1);
    },
  );

  it.each(['m', 'many', 'late'])(
    'a page of a search for %s, which matches many, reads a bounded number of rows',
    async (prefix) => {
      const { rowsRead, sequentialScans } = await explained(prefix);
      expect(sequentialScans).toEqual([]);
      // Each of six indexes up to the bound; then ids of the window, its rows, and an e-mail address of each.
      expect(rowsRead).toBeLessThanOrEqual(6 * (MANY_ENTRIES + 1) + 3 * WINDOW + 100);
    },
  );

  it('the pages of a search that matches many contain each match once', async () => {
    const ids: string[] = [];
    let empty = 0;
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page: Awaited<ReturnType<typeof people>> = await people(tenant, 'late', cursor ? { cursor } : {});
      ids.push(...page.items.map(({ id }) => id));
      if (page.items.length === 0) empty++;
      cursor = page.nextCursor;
    }
    expect(ids).toEqual(late);
    expect(empty).toBeGreaterThan(0);
  });
});
