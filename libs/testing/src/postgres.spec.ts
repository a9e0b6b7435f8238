import pg from 'pg';
import { createTemplate, dropDatabases, emptyDatabase, freshDatabase } from './postgres.js';

const SERVER = process.env.TIDEGATE_TEST_DATABASE_URL!;

/** The first column of the rows of a statement. */
async function ask(url: string, sql: string, binds: unknown[] = []): Promise<unknown[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    const { rows } = await client.query<[unknown]>({ text: sql, values: binds, rowMode: 'array' });
    return rows.map(([value]) => value);
  } finally {
    await client.end();
  }
}

const SCHEMAS = `SELECT nspname FROM pg_namespace WHERE nspname IN ('gateway', 'identity', 'access_flow') ORDER BY 1`;
const nameOf = (url: string) => new URL(url).pathname.slice(1);
const named = async (prefix: string) => [
  ...(await ask(SERVER, 'SELECT datname FROM pg_database WHERE starts_with(datname, $1) ORDER BY 1', [prefix])),
  ...(await ask(SERVER, 'SELECT rolname FROM pg_roles WHERE starts_with(rolname, $1) ORDER BY 1', [prefix])),
];

describe('a fresh database', () => {
  it('has the tables of all services, and shares no rows with another database', async () => {
    const [one, other] = await Promise.all([freshDatabase(), freshDatabase()]);
    expect(await ask(one.url, SCHEMAS)).toEqual(['access_flow', 'gateway', 'identity']);
    await ask(one.url, `INSERT INTO identity.inbox (event_id) VALUES (gen_random_uuid())`);
    expect(await ask(one.url, 'SELECT count(*)::int FROM identity.inbox')).toEqual([1]);
    expect(await ask(other.url, 'SELECT count(*)::int FROM identity.inbox')).toEqual([0]);
    await Promise.all([one.drop(), other.drop()]);
  });

  it('is dropped with the roles that services created for it, also with open connections', async () => {
    const { url, drop } = await freshDatabase();
    const name = nameOf(url);
    await ask(url, `CREATE ROLE "${name}_identity"`);
    await ask(url, `GRANT SELECT ON ALL TABLES IN SCHEMA identity TO "${name}_identity"`);
    const client = new pg.Client(url);
    client.on('error', () => undefined); // its connection is terminated
    await client.connect();
    expect(await named(name)).toEqual([name, `${name}_identity`]);
    await drop();
    expect(await named(name)).toEqual([]);
  });
});

it('an empty database has no tables', async () => {
  const { url, drop } = await emptyDatabase();
  expect(await ask(url, SCHEMAS)).toEqual([]);
  await drop();
});

describe('the template of a run', () => {
  it('is dropped with all databases and roles of the run, and no others', async () => {
    const other = await emptyDatabase();
    const { name, drop } = await createTemplate(SERVER, async (url) => {
      await ask(url, `CREATE ROLE "${nameOf(url)}_identity"`);
      await ask(url, 'CREATE TABLE kept (id int)');
      await ask(url, `GRANT SELECT ON kept TO "${nameOf(url)}_identity"`);
    });
    await ask(SERVER, `CREATE DATABASE ${name}_left TEMPLATE ${name}`);
    expect(await named(name)).toEqual([name, `${name}_left`, `${name}_identity`]);
    await drop();
    expect(await named(name)).toEqual([]);
    expect(await named(nameOf(other.url))).toEqual([nameOf(other.url)]);
    await other.drop();
  });

  it('is dropped when its migrations fail', async () => {
    let name = '';
    const failing = createTemplate(SERVER, async (url) => {
      name = nameOf(url);
      await ask(url, `CREATE ROLE "${name}_identity"`);
      throw new Error('no such table');
    });
    await expect(failing).rejects.toThrow('no such table');
    expect(name).toMatch(/^test_/);
    expect(await named(name)).toEqual([]);
  });

  it('is not dropped for a prefix of its name', async () => {
    const { name, drop } = await createTemplate(SERVER, () => Promise.resolve());
    await dropDatabases(SERVER, name.slice(0, -1));
    expect(await named(name)).toEqual([name]);
    await drop();
  });
});
