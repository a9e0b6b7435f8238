import { foldCase } from '@tidegate/scim';
import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** The keys by which users and groups are found by name, and the flow of a grant. */
const COLUMNS = [
  `ALTER TABLE access_flow.users ADD COLUMN user_name_key text COLLATE "C"`,
  `ALTER TABLE access_flow.groups ADD COLUMN display_name_key text COLLATE "C"`,
  `ALTER TABLE access_flow.grants ADD COLUMN flow_id uuid`,
];

/** Created after the rows are filled, because indexes would slow that down. */
const INDEXES = [
  `UPDATE access_flow.grants g SET flow_id = r.flow_id FROM access_flow.requests r
   WHERE r.integration_id = g.integration_id AND r.id = g.request_id`,
  `ALTER TABLE access_flow.users ALTER COLUMN user_name_key SET NOT NULL`,
  `ALTER TABLE access_flow.groups ALTER COLUMN display_name_key SET NOT NULL`,
  `ALTER TABLE access_flow.grants ALTER COLUMN flow_id SET NOT NULL`,
  `CREATE INDEX users_by_name ON access_flow.users (integration_id, user_name_key)`,
  `CREATE INDEX groups_by_name ON access_flow.groups (integration_id, display_name_key)`,
  // One for each filter of the lists, in the order of the lists.
  `CREATE INDEX grants_by_group ON access_flow.grants (integration_id, group_id, id)`,
  `CREATE INDEX grants_by_flow ON access_flow.grants (integration_id, flow_id, id)`,
  `CREATE INDEX grants_by_status ON access_flow.grants (integration_id, status, id)`,
  `CREATE INDEX requests_by_group ON access_flow.requests (integration_id, group_id, id)`,
  `DROP INDEX access_flow.requests_by_flow`,
  `CREATE INDEX requests_by_flow ON access_flow.requests (integration_id, flow_id, id)`,
  `CREATE INDEX requests_by_status ON access_flow.requests (integration_id, status, id)`,
];

/** The number of rows in memory at a time. */
const BATCH = 1_000;

interface Row {
  integration_id: string;
  id: string;
  name: string;
}

/** Names of users and groups as input of the API, and the filters of the lists of requests and grants. */
export class References1765600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of COLUMNS) await runner.query(statement);
    // Case is folded here, because the result in the database would depend on its locale.
    await fillKeys(runner, 'users', 'user_name');
    await fillKeys(runner, 'groups', 'display_name');
    for (const statement of INDEXES) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE access_flow.users DROP COLUMN user_name_key`);
    await runner.query(`ALTER TABLE access_flow.groups DROP COLUMN display_name_key`);
    await runner.query(`ALTER TABLE access_flow.grants DROP COLUMN flow_id`);
    await runner.query(`DROP INDEX access_flow.grants_by_group, access_flow.grants_by_status, access_flow.requests_by_group,
      access_flow.requests_by_flow, access_flow.requests_by_status`);
    await runner.query(`CREATE INDEX requests_by_flow ON access_flow.requests (integration_id, flow_id)`);
  }
}

async function fillKeys(
  runner: QueryRunner,
  table: 'users' | 'groups',
  column: 'user_name' | 'display_name',
): Promise<void> {
  for (let last: Row | undefined; ;) {
    const after = last ? `WHERE (integration_id, id) > ($1, $2)` : '';
    const rows = (await runner.query(
      `SELECT integration_id, id, ${column} AS name FROM access_flow.${table} ${after}
       ORDER BY integration_id, id LIMIT ${BATCH}`,
      last ? [last.integration_id, last.id] : [],
    )) as Row[];
    last = rows.at(-1);
    if (!last) return;
    const filled = rows.map(({ name, ...row }) => ({ ...row, key: foldCase(name) }));
    await runner.query(
      `UPDATE access_flow.${table} t SET ${column}_key = f.key
       FROM jsonb_to_recordset($1::jsonb) AS f (integration_id uuid, id uuid, key text)
       WHERE t.integration_id = f.integration_id AND t.id = f.id`,
      [JSON.stringify(filled)],
    );
  }
}
