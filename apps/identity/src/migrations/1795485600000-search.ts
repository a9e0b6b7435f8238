import { integrationTable } from '@tidegate/database';
import { comparisonKeys, GROUP, type ScimAttributes, USER } from '@tidegate/scim';
import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { emailKeys } from '../search/email-keys.rule.js';
import { shownNameKey } from '../users/users.rule.js';

/**
 * Columns for filters and sorting: comparison keys of all attributes (`keys`), the name of a user in its groups, a
 * table of e-mail addresses for lookups, text ordered by code point, and times with millisecond precision, as in
 * responses. Indexes end with the id, which is the key for the next page of a list.
 */
const CHANGES = [
  `DROP INDEX identity.users_external_id, identity.users_display_name, identity.groups_external_id,
     identity.groups_display_name`,
  `ALTER TABLE identity.users
     ADD COLUMN keys jsonb NOT NULL DEFAULT '{}',
     ADD COLUMN shown_name_key text COLLATE "C" NOT NULL DEFAULT '',
     ALTER COLUMN user_name_key TYPE text COLLATE "C",
     ALTER COLUMN display_name_key TYPE text COLLATE "C",
     ALTER COLUMN external_id TYPE text COLLATE "C",
     ALTER COLUMN created_at TYPE timestamptz (3),
     ALTER COLUMN last_modified_at TYPE timestamptz (3)`,
  `ALTER TABLE identity.groups
     ADD COLUMN keys jsonb NOT NULL DEFAULT '{}',
     ALTER COLUMN display_name_key TYPE text COLLATE "C",
     ALTER COLUMN external_id TYPE text COLLATE "C",
     ALTER COLUMN created_at TYPE timestamptz (3),
     ALTER COLUMN last_modified_at TYPE timestamptz (3)`,
  // A table, because under row-level security Postgres uses indexes only for leakproof operators, and those of jsonb
  // and arrays are not leakproof.
  `CREATE TABLE identity.user_emails (
     integration_id uuid NOT NULL,
     user_id uuid NOT NULL,
     value_key text COLLATE "C" NOT NULL,
     PRIMARY KEY (integration_id, user_id, value_key),
     FOREIGN KEY (integration_id, user_id) REFERENCES identity.users ON DELETE CASCADE
   )`,
];

/** Created after the rows are filled, because indexes would slow that down. */
const INDEXES = [
  `CREATE INDEX user_emails_value ON identity.user_emails (integration_id, value_key, user_id)`,
  `CREATE INDEX users_last_modified ON identity.users (integration_id, last_modified_at, id)`,
  `CREATE INDEX users_external_id ON identity.users (integration_id, external_id, id)`,
  `CREATE INDEX users_display_name ON identity.users (integration_id, display_name_key, id)`,
  `CREATE INDEX groups_last_modified ON identity.groups (integration_id, last_modified_at, id)`,
  `CREATE INDEX groups_external_id ON identity.groups (integration_id, external_id, id)`,
  `CREATE INDEX groups_display_name ON identity.groups (integration_id, display_name_key, id)`,
  `ALTER TABLE identity.users ALTER COLUMN keys DROP DEFAULT, ALTER COLUMN shown_name_key DROP DEFAULT`,
  `ALTER TABLE identity.groups ALTER COLUMN keys DROP DEFAULT`,
];

/** The number of rows in memory at a time. A row has up to 64 KiB of attributes, most have about 1 % of that. */
const BATCH = 500;

interface Row {
  integration_id: string;
  id: string;
  user_name?: string;
  display_name: string | null;
  attributes: ScimAttributes;
}

export class Search1795485600000 implements MigrationInterface {
  readonly name = 'Search1795485600000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...CHANGES, ...integrationTable('identity.user_emails')]) await runner.query(statement);
    // Case is folded here, because the result in the database would depend on its locale.
    await inBatches(runner, 'users', fillUsers);
    await inBatches(runner, 'groups', fillGroups);
    for (const statement of INDEXES) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE identity.user_emails`);
    await runner.query(`DROP INDEX identity.users_last_modified, identity.groups_last_modified`);
    await runner.query(`ALTER TABLE identity.users DROP COLUMN keys, DROP COLUMN shown_name_key`);
    await runner.query(`ALTER TABLE identity.groups DROP COLUMN keys`);
  }
}

async function inBatches(
  runner: QueryRunner,
  table: 'users' | 'groups',
  fill: (runner: QueryRunner, rows: Row[]) => Promise<unknown>,
): Promise<void> {
  const names = table === 'users' ? 'user_name, display_name' : 'display_name';
  for (let last: Row | undefined; ;) {
    const after = last ? `WHERE (integration_id, id) > ($1, $2)` : '';
    const rows = (await runner.query(
      `SELECT integration_id, id, ${names}, attributes FROM identity.${table} ${after}
       ORDER BY integration_id, id LIMIT ${BATCH}`,
      last ? [last.integration_id, last.id] : [],
    )) as Row[];
    last = rows.at(-1);
    if (!last) return;
    await fill(runner, rows);
  }
}

async function fillUsers(runner: QueryRunner, rows: Row[]): Promise<void> {
  const filled = rows.map((row) => {
    const keys = comparisonKeys(USER, row.attributes);
    const shown = shownNameKey({ displayName: row.display_name, userName: row.user_name! });
    const { integration_id, id } = row;
    return { integration_id, id, keys, shown, emails: emailKeys(keys) };
  });
  await runner.query(
    `WITH filled AS (
       SELECT * FROM jsonb_to_recordset($1::jsonb)
         AS f (integration_id uuid, id uuid, keys jsonb, shown text, emails text[])
     ), mail AS (
       INSERT INTO identity.user_emails (integration_id, user_id, value_key)
       SELECT integration_id, id, unnest(emails) FROM filled
     )
     UPDATE identity.users u SET keys = f.keys, shown_name_key = f.shown, external_id = u.attributes ->> 'externalId'
     FROM filled f WHERE u.integration_id = f.integration_id AND u.id = f.id`,
    [JSON.stringify(filled)],
  );
}

async function fillGroups(runner: QueryRunner, rows: Row[]): Promise<void> {
  const filled = rows.map(({ integration_id, id, attributes }) => {
    return { integration_id, id, keys: comparisonKeys(GROUP, attributes) };
  });
  await runner.query(
    `UPDATE identity.groups g SET keys = f.keys
     FROM jsonb_to_recordset($1::jsonb) AS f (integration_id uuid, id uuid, keys jsonb)
     WHERE g.integration_id = f.integration_id AND g.id = f.id`,
    [JSON.stringify(filled)],
  );
}
