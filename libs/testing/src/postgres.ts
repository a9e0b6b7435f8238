import { randomBytes } from 'node:crypto';
import pg from 'pg';

export interface TestDatabase {
  /** URL of the database, as its owner. */
  url: string;
  /** Drops the database, also with open connections, and the roles that services created for it. */
  drop: () => Promise<void>;
}

/** The database that `freshDatabase` clones: migrated once for a whole run. */
export interface TemplateDatabase {
  /** Prefix of the names of all databases and roles of the run. */
  name: string;
  /** Drops all databases and roles that the run created on the server. */
  drop: () => Promise<void>;
}

/**
 * Creates the template of a run.
 * @param server URL of a server with the right to create databases and roles
 * @param migrate migrates the database at a URL
 * @throws the errors of `migrate`, after dropping the template
 */
export async function createTemplate(
  server: string,
  migrate: (url: string) => Promise<void>,
): Promise<TemplateDatabase> {
  const name = `test_${randomBytes(4).toString('hex')}`;
  const drop = () => dropDatabases(server, name);
  try {
    await asOwner(server, (client) => client.query(`CREATE DATABASE ${name}`));
    await migrate(urlOf(server, name));
  } catch (error) {
    await drop().catch(() => undefined);
    throw error;
  }
  return { name, drop };
}

/**
 * Creates a database with the migrations of all services: a clone of the run's template. Each service creates its role
 * when it starts.
 * @throws Error without the variables that `npm test` sets
 */
export async function freshDatabase(): Promise<TestDatabase> {
  return createDatabase(setting('TIDEGATE_TEST_TEMPLATE'));
}

/**
 * Creates an empty database, for tests of migrations and of a first start.
 * @throws Error without the variables that `npm test` sets
 */
export async function emptyDatabase(): Promise<TestDatabase> {
  return createDatabase('template1');
}

/**
 * Creates an empty database for the tests of the enclosing `describe` block or file, and drops it after them.
 * @returns its URL and a connection as its owner; both are set when the tests run
 */
export function useEmptyDatabase(): { url: string; owner: pg.Client } {
  const database = {} as { url: string; owner: pg.Client };
  let drop: TestDatabase['drop'] | undefined;
  beforeAll(async () => {
    ({ url: database.url, drop } = await emptyDatabase());
    database.owner = new pg.Client({ connectionString: database.url });
    await database.owner.connect();
  });
  afterAll(async () => {
    await database.owner?.end();
    await drop?.();
  });
  return database;
}

/**
 * Drops the database of that name and all databases with the prefix `<name>_`, also with open connections, and then the
 * roles with that prefix. Roles belong to the server: services name theirs `<database>_<schema>`, and a clone still grants
 * rights to the roles of its template.
 * @param server URL of any other database of the server
 */
export async function dropDatabases(server: string, name: string): Promise<void> {
  await asOwner(server, async (client) => {
    const databases = await client.query<{ name: string }>(
      `SELECT quote_ident(datname) AS name FROM pg_database WHERE datname = $1 OR starts_with(datname, $1 || '_')`,
      [name],
    );
    for (const each of databases.rows) await client.query(`DROP DATABASE IF EXISTS ${each.name} WITH (FORCE)`);
    const roles = await client.query<{ name: string }>(
      `SELECT quote_ident(rolname) AS name FROM pg_roles WHERE starts_with(rolname, $1 || '_')`,
      [name],
    );
    for (const each of roles.rows) await client.query(`DROP ROLE IF EXISTS ${each.name}`);
  });
}

async function createDatabase(template: string): Promise<TestDatabase> {
  const server = setting('TIDEGATE_TEST_DATABASE_URL');
  const name = `${setting('TIDEGATE_TEST_TEMPLATE')}_${randomBytes(6).toString('hex')}`;
  await asOwner(server, (client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`));
  return { url: urlOf(server, name), drop: () => dropDatabases(server, name) };
}

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set. Run tests with \`npm test\`.`);
  return value;
}

function urlOf(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

async function asOwner<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
