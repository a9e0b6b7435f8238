import { randomBytes } from 'node:crypto';
import pg from 'pg';

export interface TestDatabase {
  /** URL of the empty database, as its owner. */
  url: string;
  /** Deletes the database, whoever is connected, and the roles that services made for it. */
  drop(): Promise<void>;
}

/**
 * Makes an empty database with a name of its own on the server of `TIDEGATE_TEST_DATABASE_URL`.
 * @throws when that is not set (`npm test` sets it)
 */
export async function freshDatabase(): Promise<TestDatabase> {
  const server = process.env.TIDEGATE_TEST_DATABASE_URL;
  if (!server) throw new Error('TIDEGATE_TEST_DATABASE_URL is not set: run tests with `npm test`.');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asOwner(server, (client) => client.query(`CREATE DATABASE ${name}`));
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => asOwner(server, (client) => drop(client, name)) };
}

async function drop(client: pg.Client, name: string): Promise<void> {
  await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  // Roles belong to the server, not to the database: services name theirs `<database>_<schema>`.
  const roles = await client.query<{ name: string }>(
    'SELECT quote_ident(rolname) AS name FROM pg_roles WHERE starts_with(rolname, $1)',
    [`${name}_`],
  );
  for (const role of roles.rows) await client.query(`DROP ROLE IF EXISTS ${role.name}`);
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
