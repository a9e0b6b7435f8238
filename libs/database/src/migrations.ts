import { StartError } from '@tidegate/runtime';
import { DataSource, type MigrationInterface } from 'typeorm';
import { derivedRole, grantSchema, type Login, refuseRole, roleUrl } from './roles.js';

export interface SchemaOptions {
  /** URL of the database, as its owner or as a role of the service. */
  url: string;
  schema: string;
  migrations: (new () => MigrationInterface)[];
}

/** PostgreSQL's error codes: the table or schema is missing, or the role lacks the right. */
const NOT_READABLE = ['42P01', '3F000', '42501'];

/**
 * Prepares the schema of a service. With a URL of the database's owner it is migrated, and a role is created for the
 * service. With another URL the schema must be up to date.
 *
 * @returns the URL with the role of the service
 * @throws StartError if the schema is out of date and the role of the URL is not the owner
 */
export async function prepareSchema(options: SchemaOptions): Promise<string> {
  const source = dataSource(options);
  await source.initialize();
  try {
    const [role] = await source.query<[{ owner: boolean; database: string }]>(
      `SELECT current_database() AS database, has_database_privilege(current_database(), 'CREATE') AS owner`,
    );
    if (!role.owner) {
      await refuseOldSchema(source, options);
      return options.url;
    }
    const login = derivedRole(new URL(options.url), role.database, options.schema);
    await migrate(source, options.schema, login);
    return roleUrl(options.url, login);
  } finally {
    await source.destroy();
  }
}

/**
 * Migrates the schema of a service as the owner, and grants the role the rights that the service needs.
 * @throws StartError if the role has rights that a service must not have
 */
export async function migrateAs(options: SchemaOptions, login: Login): Promise<void> {
  const source = dataSource(options);
  await source.initialize();
  await migrate(source, options.schema, login).finally(() => source.destroy());
}

function dataSource({ url, schema, migrations }: SchemaOptions): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    schema,
    poolSize: 2,
    migrations,
    migrationsTableName: 'migrations',
    migrationsTransactionMode: 'all',
    logging: false,
    extra: { connectionTimeoutMillis: 5_000 },
  });
}

/** Several instances can start at the same time. An advisory lock runs their migrations one after the other. */
async function migrate(owner: DataSource, schema: string, login: Login): Promise<void> {
  const runner = owner.createQueryRunner();
  try {
    await runner.query(`SELECT pg_advisory_lock(hashtext('tidegate migrations'))`);
    await runner.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
    await owner.runMigrations();
    await refuseRole(owner, login.role, schema);
    await grantSchema(owner, login, schema);
  } finally {
    await runner.query(`SELECT pg_advisory_unlock(hashtext('tidegate migrations'))`).catch(() => undefined);
    await runner.release();
  }
}

async function refuseOldSchema(source: DataSource, { schema, migrations }: SchemaOptions): Promise<void> {
  const done = await source
    .query<{ name: string }[]>(`SELECT name FROM ${schema}.migrations`)
    .catch((error: unknown) => {
      if (NOT_READABLE.includes(String((error as { code?: unknown }).code))) return [];
      throw error;
    });
  const known = new Set(done.map(({ name }) => name));
  const missing = migrations
    .map((Migration) => new Migration().name ?? Migration.name)
    .filter((name) => !known.has(name));
  if (missing.length === 0) return;
  const [{ role }] = await source.query<[{ role: string }]>('SELECT current_user AS role');
  throw new StartError(
    `The database role ${role} finds ${missing.length} of ${migrations.length} migrations of the schema ${schema} missing: ` +
      `run dist/apps/${schema.replaceAll('_', '-')}/src/migrate.js with MIGRATION_DATABASE_URL, then start again.`,
  );
}

/**
 * @param table with its schema
 * @param column the column with the integration's id
 * @returns statements that enable row-level security: a transaction sees the rows of its integrations
 */
export function integrationTable(table: string, column = 'integration_id'): string[] {
  return [
    `ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`,
    // The sub-select is evaluated once per statement instead of once per row.
    `CREATE POLICY tenant ON ${table}
       USING (${column} = ANY ((SELECT nullif(current_setting('tidegate.integration_ids', true), '')::uuid[])::uuid[]))`,
  ];
}

/**
 * @param table with its schema
 * @returns statements that add the column `actor`. Its default is for existing rows, and for rows that processes of the
 *   previous release insert during the upgrade.
 */
export function addActor(table: string): string[] {
  return [
    `ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS actor jsonb NOT NULL DEFAULT '{"kind":"system","job":"upgrade"}'`,
    `ALTER TABLE ${table} ALTER COLUMN actor SET DEFAULT '{"kind":"system","job":"upgrade"}'`,
  ];
}

/** @returns statements that create the tables for messages in a service's schema, as in the first migrations */
export function messagingTables(schema: string): string[] {
  return [
    `CREATE TABLE ${schema}.outbox (
       id uuid PRIMARY KEY,
       name text NOT NULL,
       integration_id uuid NOT NULL,
       subject uuid NOT NULL,
       version bigint NOT NULL,
       time timestamptz NOT NULL DEFAULT now(),
       request_id text NOT NULL,
       actor jsonb NOT NULL,
       data jsonb NOT NULL,
       urgent boolean NOT NULL,
       attempts integer NOT NULL DEFAULT 0,
       next_try_at timestamptz NOT NULL DEFAULT '-infinity'
     )`,
    `CREATE INDEX outbox_due ON ${schema}.outbox (urgent, id, next_try_at)`,
    `CREATE TABLE ${schema}.outbox_delivery (
       fact_id uuid NOT NULL REFERENCES ${schema}.outbox ON DELETE CASCADE,
       hearer text NOT NULL,
       state text NOT NULL CHECK (state IN ('due', 'done', 'quarantined')),
       attempts integer NOT NULL,
       reason text,
       since timestamptz NOT NULL DEFAULT now(),
       PRIMARY KEY (fact_id, hearer)
     )`,
    `CREATE TABLE ${schema}.inbox (fact_id uuid PRIMARY KEY, received_at timestamptz NOT NULL DEFAULT now())`,
    `CREATE INDEX inbox_received_at ON ${schema}.inbox (received_at)`,
  ];
}

/**
 * Renames columns of `messagingTables` to the terms of the glossary, for a migration after `messagingTables`.
 * @param schema of the service
 */
export function eventColumns(schema: string): { up: string[]; down: string[] } {
  const delivery = `ALTER TABLE ${schema}.outbox_delivery`;
  const inbox = `ALTER TABLE ${schema}.inbox`;
  const state = (from: string, to: string) => [
    `${delivery} DROP CONSTRAINT outbox_delivery_state_check`,
    `UPDATE ${schema}.outbox_delivery SET state = '${to}' WHERE state = '${from}'`,
    `${delivery} ADD CONSTRAINT outbox_delivery_state_check CHECK (state IN ('due', 'done', '${to}'))`,
  ];
  return {
    up: [
      `${delivery} RENAME COLUMN fact_id TO event_id`,
      `${delivery} RENAME COLUMN hearer TO subscriber`,
      `${inbox} RENAME COLUMN fact_id TO event_id`,
      ...state('quarantined', 'dead'),
    ],
    down: [
      `${delivery} RENAME COLUMN event_id TO fact_id`,
      `${delivery} RENAME COLUMN subscriber TO hearer`,
      `${inbox} RENAME COLUMN event_id TO fact_id`,
      ...state('dead', 'quarantined'),
    ],
  };
}

/**
 * Conditions of policies: unscoped transactions see all rows, others the rows of their integrations. The sub-selects are
 * evaluated once per statement.
 */
export const UNBOUND = `(SELECT coalesce(current_setting('tidegate.integration_ids', true), '') = '')`;
export const OF_BOUND = `integration_id = ANY ((SELECT nullif(current_setting('tidegate.integration_ids', true), '')::uuid[])::uuid[])`;

/**
 * Allows events without an integration, adds columns for traces, and enables row-level security on the tables for
 * messages, for a migration after `eventColumns`. `down` deletes the events without an integration.
 * @param schema of the service
 */
export function systemEvents(schema: string): { up: string[]; down: string[] } {
  const policies = {
    outbox: `${UNBOUND} OR ${OF_BOUND}`,
    inbox: `${UNBOUND} OR ${OF_BOUND}`,
    outbox_delivery: UNBOUND,
  };
  return {
    up: [
      `ALTER TABLE ${schema}.outbox ALTER COLUMN integration_id DROP NOT NULL,
         ADD COLUMN traceparent text, ADD COLUMN tracestate text`,
      `ALTER TABLE ${schema}.inbox ADD COLUMN integration_id uuid`,
      ...Object.entries(policies).flatMap(([table, using]) => [
        `ALTER TABLE ${schema}.${table} ENABLE ROW LEVEL SECURITY`,
        `CREATE POLICY bound ON ${schema}.${table} USING (${using})`,
      ]),
    ],
    down: [
      ...Object.keys(policies).flatMap((table) => [
        `DROP POLICY bound ON ${schema}.${table}`,
        `ALTER TABLE ${schema}.${table} DISABLE ROW LEVEL SECURITY`,
      ]),
      `ALTER TABLE ${schema}.inbox DROP COLUMN integration_id`,
      `DELETE FROM ${schema}.outbox WHERE integration_id IS NULL`,
      `ALTER TABLE ${schema}.outbox ALTER COLUMN integration_id SET NOT NULL,
         DROP COLUMN traceparent, DROP COLUMN tracestate`,
    ],
  };
}

/**
 * Changes the index of the outbox to the order in which the relay claims rows, for a migration after `systemEvents`.
 * @param schema of the service
 */
export function outboxByDueTime(schema: string): { up: string[]; down: string[] } {
  const replaceIndex = (columns: string) => [
    `DROP INDEX ${schema}.outbox_due`,
    `CREATE INDEX outbox_due ON ${schema}.outbox (${columns})`,
  ];
  return { up: replaceIndex('urgent, next_try_at, id'), down: replaceIndex('urgent, id, next_try_at') };
}

/** @returns statements that create the tables for messages as after all migrations, for tests */
export function currentMessagingTables(schema: string): string[] {
  const changes = [eventColumns(schema), systemEvents(schema), outboxByDueTime(schema)];
  return [...messagingTables(schema), ...changes.flatMap(({ up }) => up)];
}
