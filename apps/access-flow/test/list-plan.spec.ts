import { type CommandData, USERS_AT_ONCE } from '@tidegate/contracts';
import { type Bind, type Tx } from '@tidegate/database';
import { explainReads } from '@tidegate/testing';
import { listGrants } from '../src/grants/grant-lists.queries.js';
import { findByName, namesOfUsers } from '../src/policy/references.queries.js';
import { listRequests } from '../src/requests/request-lists.queries.js';
import { TestAccessFlow } from './harness.js';
import { Integration } from './integration.js';

/** Rows of each integration. */
const MANY = 5_000;
const LIMIT = 20;
/** SQL: the id of row n, higher than all other ids. */
const ID = `('ffffffff-' || lpad(to_hex(n), 4, '0') || '-7000-8000-' || right($1::uuid::text, 12))::uuid`;

describe('Lists of requests and grants', () => {
  const accessFlow = TestAccessFlow.use();
  const ids: string[] = [];
  let rare: Record<'userId' | 'groupId' | 'flowId', string>;

  beforeAll(async () => {
    const [here, there] = [await Integration.create(accessFlow), await Integration.create(accessFlow)];
    ids.push(here.id, there.id);
    const flow = await here.flow();
    const { grantId } = await here.requestAccess('alice', { groupId: here.billing });
    const request = await accessFlow.rows<typeof rare>(
      `SELECT user_id AS "userId", group_id AS "groupId", flow_id AS "flowId" FROM access_flow.grants WHERE id = $1`,
      [grantId],
    );
    rare = request[0]!;
    // All newer than those of alice, of other users, groups and flows, and decided.
    for (const { id, deploy, people } of [here, there]) {
      const binds = [id, people.bob.userId, deploy, flow.id, MANY];
      await accessFlow.rows(
        `INSERT INTO access_flow.requests (integration_id, id, flow_id, user_id, group_id, deactivations, duration_seconds,
           status, expires_at, undecidable)
         SELECT $1::uuid, ${ID}, $4, $2, $3, 0, 60,
           'denied', now(), false FROM generate_series(1, $5::int) AS n`,
        binds,
      );
      await accessFlow.rows(
        `INSERT INTO access_flow.grants (integration_id, id, request_id, flow_id, user_id, group_id, status, deactivations,
           starts_at, ends_at)
         SELECT $1::uuid, ${ID}, $1::uuid, $4, $2, $3,
           'ended', 0, now(), now() FROM generate_series(1, $5::int) AS n`,
        binds,
      );
      await accessFlow.rows(
        `INSERT INTO access_flow.users (integration_id, id, user_name, user_name_key, active, deleted, deactivations, version)
         SELECT $1::uuid, ${ID}, 'u' || n, 'u' || n,
           true, false, 0, 1 FROM generate_series(1, $2::int) AS n`,
        [id, MANY],
      );
      await accessFlow.rows(
        `INSERT INTO access_flow.groups (integration_id, id, display_name, display_name_key, deleted, version, synced, sync_version)
         SELECT $1::uuid, ${ID}, 'g' || n, 'g' || n,
           false, 1, true, 1 FROM generate_series(1, $2::int) AS n`,
        [id, MANY],
      );
    }
    await accessFlow.rows('ANALYZE');
  });

  /** Runs queries as the service does. @returns the number of rows that their statements read, also those they discarded */
  async function rowsRead(run: (tx: Tx) => Promise<unknown>): Promise<number> {
    const statements: [string, readonly Bind[]][] = [];
    return accessFlow.database.transaction({ integrationIds: ids }, async (tx) => {
      const rows = (sql: string, binds: readonly Bind[] = []) => {
        statements.push([sql, binds]);
        return tx.rows(sql, binds);
      };
      await run({ rows } as unknown as Tx);
      let read = 0;
      for (const [sql, binds] of statements)
        read += (await explainReads<Bind>((explain, values) => tx.search(explain, values), sql, binds)).rowsRead;
      return read;
    });
  }

  const filters: [string, () => Omit<CommandData<'grants.list'> & CommandData<'requests.list'>, 'limit' | 'status'>][] =
    [
      ['nothing', () => ({})],
      ['a cursor', () => ({ cursor: 'fffffffe-0000-7000-8000-000000000000' })],
      ['user', () => ({ userId: rare.userId })],
      ['group', () => ({ groupId: rare.groupId })],
      ['flow', () => ({ flowId: rare.flowId })],
      ['user, group and flow', () => rare],
    ];

  it.each(filters)('filtered by %s read no more rows than their page has', async (_, filter) => {
    const page = { limit: LIMIT, ...filter() };
    // A page has one more row, of each integration; each has the names of its user, group and flow, and requests have reviews.
    const most = 6 * (LIMIT + 1);
    expect(await rowsRead((tx) => listGrants(tx, ids, page))).toBeLessThanOrEqual(most);
    expect(await rowsRead((tx) => listGrants(tx, ids, { ...page, status: 'active' }))).toBeLessThanOrEqual(most);
    expect(await rowsRead((tx) => listRequests(tx, ids, page))).toBeLessThanOrEqual(most);
    expect(await rowsRead((tx) => listRequests(tx, ids, { ...page, status: 'approved' }))).toBeLessThanOrEqual(most);
  });

  it('of pending requests of an approver read only pending requests', async () => {
    const query = { limit: LIMIT, status: 'pending' as const, approverIds: [rare.userId] };
    expect(await rowsRead((tx) => listRequests(tx, ids, query))).toBeLessThanOrEqual(LIMIT);
  });

  it('and names read only the rows that have the name', async () => {
    const names = ['u17', 'g17'];
    expect(await rowsRead((tx) => findByName(tx, 'users', ids, names))).toBe(2);
    expect(await rowsRead((tx) => findByName(tx, 'groups', ids, names))).toBe(2);
  });

  it('and the names of many users read only these users', async () => {
    const found = await accessFlow.rows<{ id: string }>(
      'SELECT id FROM access_flow.users WHERE integration_id = $1 LIMIT $2',
      [ids[0], USERS_AT_ONCE],
    );
    const userIds = found.map(({ id }) => id);
    const integrationIds = [...ids, ...userIds.slice(ids.length)];
    expect(await rowsRead((tx) => namesOfUsers(tx, integrationIds, userIds))).toBe(USERS_AT_ONCE);
  });
});
