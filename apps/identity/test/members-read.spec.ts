import { type Tx } from '@tidegate/database';
import pg from 'pg';
import { changeMembers, hasMoreMembers, membersAfter } from '../src/groups/members.queries.js';
import { type Directory, openDirectory, type Tenant } from './harness.js';
import { manyUsers } from './search-directory.js';

/** Enough rows for the planner to prefer an index. */
const MANY = 19_000;
/** The rows of identity's tables that this transaction has read, from statistics that are not yet flushed. */
async function rowsRead(tx: Tx): Promise<number> {
  const found = await tx.row<{ read: number }>(
    `SELECT (sum(seq_tup_read) + sum(idx_tup_fetch))::float8 AS read FROM pg_stat_xact_user_tables
     WHERE schemaname = 'identity'`,
  );
  return found!.read;
}

/** The number of members in a response, plus one to detect more members. */
const ROWS_PER_RESPONSE = 501;

describe('the rows read for members of a large group', () => {
  let directory: Directory;
  let okta: Tenant;
  let owner: pg.Client;
  let ids: string[];
  let group: string;
  beforeAll(async () => {
    directory = await openDirectory();
    owner = new pg.Client({ connectionString: directory.url });
    await owner.connect();
    okta = directory.tenant();
    await okta.createUser({ userName: 'first' });
    ids = [...(await manyUsers(okta, 9_999, 'a')), ...(await manyUsers(okta, 9_999, 'b'))];
    ({ id: group } = await okta.createGroup({ displayName: 'Everyone' }));
    await okta.sql(
      'INSERT INTO identity.group_members (integration_id, group_id, user_id) SELECT $1, $2, unnest($3::uuid[])',
      [okta.integrationId, group, ids.slice(0, MANY)],
    );
    await owner.query('ANALYZE');
  });
  afterAll(async () => {
    await owner?.end();
    await directory?.close();
  });

  const key = () => ({ integrationId: okta.integrationId, id: group });

  it.each(['add', 'remove'] as const)('%s of one member reads only that member and one page', async (kind) => {
    const [member] = kind === 'add' ? ids.slice(MANY) : ids;
    const read = await okta.inTransaction(async (tx) => {
      const before = await rowsRead(tx);
      const difference = { add: [], remove: [], [kind]: [member] };
      expect((await changeMembers(tx, key(), difference)).changed).toHaveLength(1);
      expect(await hasMoreMembers(tx, key(), ROWS_PER_RESPONSE - 1)).toBe(true);
      return (await rowsRead(tx)) - before;
    });
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThan(ROWS_PER_RESPONSE + 20);
  });

  it('a page in the middle reads only its rows', async () => {
    const sorted = ids.slice(0, MANY).toSorted();
    await okta.inTransaction(async (tx) => {
      const before = await rowsRead(tx);
      const page = await membersAfter(tx, key(), sorted[MANY - 1_000]!, 100);
      expect(page.map(({ id }) => id)).toEqual(sorted.slice(MANY - 999, MANY - 899));
      expect((await rowsRead(tx)) - before).toBeLessThan(100 + 20);
    });
  });

  it('a read without members needs no right to read memberships', async () => {
    const { rows } = await owner.query<{ role: string }>(
      `SELECT DISTINCT grantee AS role FROM information_schema.role_table_grants
       WHERE table_schema = 'identity' AND table_name = 'group_members' AND grantee <> current_user`,
    );
    const role = pg.escapeIdentifier(rows[0]!.role);
    const tables = 'identity.group_members, identity.group_groups';
    await owner.query(`REVOKE SELECT ON ${tables} FROM ${role}`);
    try {
      const shown = await okta.getGroup(group, false);
      expect(shown).toMatchObject({ attributes: { displayName: 'Everyone' }, members: [], nextMember: null });
      expect((await okta.findGroups('displayName eq "everyone"')).items).toEqual([shown]);
      const refused = expect.objectContaining({ code: '42501' });
      await expect(okta.getGroup(group, true)).rejects.toEqual(refused);
      await expect(okta.findGroups('displayName eq "everyone"', true)).rejects.toEqual(refused);
    } finally {
      await owner.query(`GRANT SELECT ON ${tables} TO ${role}`);
    }
  });
});
