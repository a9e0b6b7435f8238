import { foldCase } from '@tidegate/scim';
import { type MigrationInterface, type QueryRunner } from 'typeorm';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
/** Longer values are in no profile, and could exceed the maximum size of an index entry. */
const LENGTH = 256;

/** The setting of the integration, and the keys by which managers are found. */
const COLUMNS = [
  // The collation of the values that it is compared with.
  `ALTER TABLE access_flow.users ALTER COLUMN external_id TYPE text COLLATE "C"`,
  `ALTER TABLE access_flow.integrations ADD COLUMN manager_attribute text`,
  `ALTER TABLE access_flow.user_profiles
     ADD COLUMN manager_value text COLLATE "C", ADD COLUMN manager_key text COLLATE "C",
     ADD COLUMN email_key text COLLATE "C", ADD COLUMN employee_number text COLLATE "C"`,
];

/** Created after the rows are filled, because indexes would slow that down. */
const INDEXES = [
  `CREATE INDEX users_by_external_id ON access_flow.users (integration_id, external_id)`,
  `CREATE INDEX profiles_by_email ON access_flow.user_profiles (integration_id, email_key)`,
  `CREATE INDEX profiles_by_employee_number ON access_flow.user_profiles (integration_id, employee_number)`,
  // By the manager, in the order of the list of reports.
  `CREATE INDEX profiles_by_manager_value ON access_flow.user_profiles (integration_id, manager_value, user_id)`,
  `CREATE INDEX profiles_by_manager_key ON access_flow.user_profiles (integration_id, manager_key, user_id)`,
];

/** The number of rows in memory at a time. */
const BATCH = 1_000;

interface Row {
  integration_id: string;
  user_id: string;
  manager: string | null;
  email: string | null;
  employee_number: string | null;
}

/** Managers of users, by an attribute that an administrator chooses. */
export class Managers1765700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of COLUMNS) await runner.query(statement);
    await fillKeys(runner);
    for (const statement of INDEXES) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX access_flow.users_by_external_id`);
    await runner.query(`ALTER TABLE access_flow.users ALTER COLUMN external_id TYPE text COLLATE "default"`);
    await runner.query(`ALTER TABLE access_flow.user_profiles
      DROP COLUMN manager_value, DROP COLUMN manager_key, DROP COLUMN email_key, DROP COLUMN employee_number`);
    await runner.query(`ALTER TABLE access_flow.integrations DROP COLUMN manager_attribute`);
  }
}

/** Case is folded here, because the result in the database would depend on its locale. */
async function fillKeys(runner: QueryRunner): Promise<void> {
  for (let last: Row | undefined; ;) {
    const after = last ? `WHERE (integration_id, user_id) > ($1, $2)` : '';
    const rows = (await runner.query(
      `SELECT integration_id, user_id, attributes ->> '${ENTERPRISE}:manager.value' AS manager,
         attributes ->> 'emails.value' AS email, attributes ->> '${ENTERPRISE}:employeeNumber' AS employee_number
       FROM access_flow.user_profiles ${after} ORDER BY integration_id, user_id LIMIT ${BATCH}`,
      last ? [last.integration_id, last.user_id] : [],
    )) as Row[];
    last = rows.at(-1);
    if (!last) return;
    await runner.query(
      `UPDATE access_flow.user_profiles p SET manager_value = f.manager, manager_key = f.manager_key,
         email_key = f.email_key, employee_number = f.employee_number
       FROM jsonb_to_recordset($1::jsonb) AS f (integration_id uuid, user_id uuid, manager text, manager_key text,
                                                email_key text, employee_number text)
       WHERE p.integration_id = f.integration_id AND p.user_id = f.user_id`,
      [JSON.stringify(rows.map(filled))],
    );
  }
}

function filled({ integration_id, user_id, ...row }: Row): object {
  const [manager, email, number] = [usable(row.manager), usable(row.email), usable(row.employee_number)];
  const keys = { manager_key: manager && foldCase(manager), email_key: email && foldCase(email) };
  return { integration_id, user_id, manager, ...keys, employee_number: number };
}

const usable = (value: string | null): string | null => (value && value.length <= LENGTH ? value : null);
