import { MANAGER_ATTRIBUTES } from '@tidegate/contracts';
import { type Bind, type Tx } from '@tidegate/database';
import { managersOf, MANAGERS_AT_ONCE, reportsOf } from '../src/directory/managers.queries.js';
import { TestAccessFlow } from './harness.js';
import { Integration } from './integration.js';

/** Users of each integration. */
const MANY = Number(process.env['MANAGERS_USERS'] ?? 20_000);
/** SQL: the id of user n. */
const ID = `('ffffffff-' || lpad(to_hex(n / 65536), 4, '0') || '-7000-8000-' || lpad(to_hex(n % 65536), 4, '0')
  || right($1::uuid::text, 8))::uuid`;
/** The kinds of manager values, by the number of the user. */
const KINDS = 8;

interface Node {
  'Relation Name'?: string;
  'Actual Rows'?: number;
  'Actual Loops'?: number;
  'Rows Removed by Filter'?: number;
  Plans?: Node[];
}
const nodesOf = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

describe('Managers of many users', () => {
  const accessFlow = TestAccessFlow.use();
  let here: Integration;
  let userIds: string[];

  beforeAll(async () => {
    here = await Integration.create(accessFlow);
    const there = await Integration.create(accessFlow);
    // Every eighth user is inactive, and every ninth has the e-mail address and employee number of another.
    for (const { id } of [here, there]) {
      await accessFlow.rows(
        `INSERT INTO access_flow.users (integration_id, id, user_name, user_name_key, external_id, active, deleted,
           deactivations, version)
         SELECT $1::uuid, ${ID}, 'u' || n, 'u' || n, 'x' || n % ${MANY - 7}, n % 8 <> 7, n % 11 = 10, 0, 1
         FROM generate_series(1, $2::int) AS n`,
        [id, MANY],
      );
      await accessFlow.rows(
        `INSERT INTO access_flow.user_profiles (integration_id, user_id, version, attributes_version, attributes,
           manager_value, manager_key, email_key, employee_number)
         SELECT $1::uuid, ${ID}, 1, 0, '{}', value, lower(value), 'e' || n - (n % 9) / 8, 'n' || n - (n % 9) / 8
         FROM (SELECT n, m, CASE n % ${KINDS} WHEN 0 THEN 'u' || m WHEN 1 THEN 'X' || m WHEN 2 THEN 'x' || m WHEN 3 THEN 'n' || m
           WHEN 4 THEN 'E' || m WHEN 5 THEN (SELECT ${ID.replaceAll('n ', 'm ')})::text WHEN 6 THEN NULL ELSE 'u' || n END AS value
           FROM (SELECT n, 1 + (n * 7 + n / 8) % $2::int AS m FROM generate_series(1, $2::int) AS n) AS numbers) AS users
         WHERE n % 11 <> 10`,
        [id, MANY],
      );
    }
    await accessFlow.rows('ANALYZE');
    const rows = await accessFlow.rows<{ id: string }>(
      `SELECT id FROM access_flow.users WHERE integration_id = $1 AND user_name LIKE 'u%' ORDER BY id`,
      [here.id],
    );
    userIds = rows.map(({ id }) => id);
  });

  const within = <T>(work: (tx: Tx) => Promise<T>): Promise<T> =>
    accessFlow.database.transaction({ integrationIds: [here.id] }, work);
  const set = (managerAttribute: string) =>
    accessFlow.rows(`UPDATE access_flow.integrations SET manager_attribute = $2 WHERE id = $1`, [
      here.id,
      managerAttribute,
    ]);

  /** @returns the number of rows of users and profiles that the statements read as the service, also those they discarded */
  async function rowsRead(run: (tx: Tx) => Promise<unknown>): Promise<number> {
    return within(async (tx) => {
      const statements: [string, readonly Bind[]][] = [];
      const rows = (sql: string, binds: readonly Bind[] = []) => {
        statements.push([sql, binds]);
        return tx.rows(sql, binds);
      };
      await run({ rows } as unknown as Tx);
      let read = 0;
      for (const [sql, binds] of statements) {
        const plans = await tx.search<{ 'QUERY PLAN': [{ Plan: Node }] }>(
          `EXPLAIN (ANALYZE, FORMAT JSON) ${sql}`,
          binds,
        );
        for (const node of nodesOf(plans[0]!['QUERY PLAN'][0].Plan))
          if (node['Relation Name'])
            read += ((node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0)) * (node['Actual Loops'] ?? 1);
      }
      return read;
    });
  }

  it.each(MANAGER_ATTRIBUTES)('are found by %s without reading other users', async (attribute) => {
    await set(attribute);
    const some = userIds.slice(0, MANAGERS_AT_ONCE);
    // The setting, the profile of each, and at most two matches with their profiles.
    expect(await rowsRead((tx) => managersOf(tx, here.id, some))).toBeLessThanOrEqual(1 + some.length * 5);
    expect(await rowsRead((tx) => reportsOf(tx, here.id, some[7]!, 20))).toBeLessThanOrEqual(40);
  });

  it.each(MANAGER_ATTRIBUTES)(
    'by %s are counted in a report as they are found, and are those of their reports',
    async (attribute) => {
      await set(attribute);
      const counts: Record<string, number> = {};
      const reports = new Map<string, string[]>();
      const active = new Set(
        (
          await accessFlow.rows<{ id: string }>(
            `SELECT id FROM access_flow.users WHERE integration_id = $1 AND active AND NOT deleted`,
            [here.id],
          )
        ).map(({ id }) => id),
      );
      for (let at = 0; at < userIds.length; at += MANAGERS_AT_ONCE)
        for (const [id, found] of await within((tx) =>
          managersOf(tx, here.id, userIds.slice(at, at + MANAGERS_AT_ONCE)),
        )) {
          const outcome = 'managerId' in found ? 'resolved' : found.unresolved;
          if ('managerId' in found) reports.set(found.managerId, [...(reports.get(found.managerId) ?? []), id]);
          if (active.has(id)) counts[outcome] = (counts[outcome] ?? 0) + 1;
        }
      const { activeUsers, withManagerValue, attributes } = await here.ask('managers.report', {
        integrationId: here.id,
      });
      const { attribute: _, examples, ...reported } = attributes.find((each) => each.attribute === attribute)!;
      const { no_value: _none, ...expected } = counts;
      expect(reported).toEqual({ resolved: 0, unknown: 0, ambiguous: 0, inactive: 0, self: 0, ...expected });
      expect(reported.resolved).toBeGreaterThan(0);
      expect(examples).toHaveLength(10);
      expect(activeUsers).toBe(active.size);
      expect(Object.values(reported).reduce((sum, each) => sum + each)).toBe(withManagerValue);
      for (const id of userIds.slice(100, 300))
        expect(await within((tx) => reportsOf(tx, here.id, id, 20))).toEqual((reports.get(id) ?? []).sort());
    },
  );
});
