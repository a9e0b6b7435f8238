import { createHmac, pbkdf2Sync, createHash, randomBytes } from 'node:crypto';
import { DataSource, type MigrationInterface } from 'typeorm';

interface SchemaOptions {
  url: string;
  schema: string;
  migrations: (new () => MigrationInterface)[];
}

/**
 * Brings a service's schema up to date as the owner and makes the role that the service runs as.
 * Several instances may start at once: an advisory lock lets them pass one by one.
 *
 * @returns the URL of the service's role
 */
export async function prepareSchema({ url, schema, migrations }: SchemaOptions): Promise<string> {
  const owner = new DataSource({
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
  await owner.initialize();
  const runner = owner.createQueryRunner();
  try {
    await runner.query(`SELECT pg_advisory_lock(hashtext('tidegate migrations'))`);
    await runner.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
    await owner.runMigrations();
    return await makeServiceRole(owner, url, schema);
  } finally {
    await runner.query(`SELECT pg_advisory_unlock(hashtext('tidegate migrations'))`).catch(() => undefined);
    await runner.release();
    await owner.destroy();
  }
}

/**
 * The role is named after the database, since roles belong to the whole server. Its password follows from the owner's,
 * so that every instance knows it and it is kept nowhere; an owner who needs none (trust) makes a role that has none.
 */
async function makeServiceRole(owner: DataSource, url: string, schema: string): Promise<string> {
  const [{ database }] = await owner.query<[{ database: string }]>('SELECT current_database() AS database');
  const role = `${database}_${schema}`;
  const quoted = `"${role.replaceAll('"', '""')}"`;
  const service = new URL(url);
  const ownerPassword = decodeURIComponent(service.password);
  const password =
    ownerPassword && createHmac('sha256', ownerPassword).update(`tidegate role ${role}`).digest('base64url');

  const known = await owner.query<unknown[]>('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  if (known.length === 0) await owner.query(`CREATE ROLE ${quoted} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE`);
  if (password && !(await canLogIn(service, role, password)))
    await owner.query(`ALTER ROLE ${quoted} PASSWORD '${scramVerifier(password)}'`);
  await owner.query(`GRANT USAGE ON SCHEMA ${schema} TO ${quoted}`);
  await owner.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${quoted}`);
  await owner.query(`REVOKE ALL ON ${schema}.migrations FROM ${quoted}`);
  return roleUrl(service, role, password);
}

function roleUrl(base: URL, role: string, password: string): string {
  const url = new URL(base);
  url.username = encodeURIComponent(role);
  url.password = encodeURIComponent(password);
  return url.toString();
}

async function canLogIn(base: URL, role: string, password: string): Promise<boolean> {
  const attempt = new DataSource({ type: 'postgres', url: roleUrl(base, role, password), poolSize: 1 });
  try {
    await attempt.initialize();
    await attempt.destroy();
    return true;
  } catch {
    return false;
  }
}

/**
 * What Postgres stores of a password (RFC 5803), so that the password itself appears in no server log.
 */
function scramVerifier(password: string, iterations = 4096): string {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const key = (name: string) => createHmac('sha256', salted).update(name).digest();
  const stored = createHash('sha256').update(key('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${stored}:${key('Server Key').toString('base64')}`;
}

/**
 * Statements that put a table under row-level security: a row is visible to a transaction whose integrations include
 * the row's.
 *
 * @param table with its schema
 * @param column the column that holds the integration's id
 */
export function tenantTable(table: string, column = 'integration_id'): string[] {
  return [
    `ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`,
    // The sub-select makes it one evaluation per statement instead of one per row.
    `CREATE POLICY tenant ON ${table}
       USING (${column} = ANY ((SELECT nullif(current_setting('tidegate.integration_ids', true), '')::uuid[])::uuid[]))`,
  ];
}

/** Adds the column `actor` to a table that came without one: what is in it by then was caused by nothing that is known. */
export function addActor(table: string): string[] {
  return [
    `ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS actor jsonb NOT NULL DEFAULT '{"kind":"system","job":"upgrade"}'`,
    `ALTER TABLE ${table} ALTER COLUMN actor DROP DEFAULT`,
  ];
}

/**
 * The tables that messaging needs in every service's schema. They hold facts of every integration, so they are not
 * under row-level security; nothing but the outbox, the inbox and the relay touches them.
 */
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
