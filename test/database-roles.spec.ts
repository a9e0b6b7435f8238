import { type Service, SERVICES } from '@tidegate/contracts';
import { Database, migrateSchema } from '@tidegate/database';
import { emptyDatabase, type TestDatabase } from '@tidegate/testing';
import pg from 'pg';
import { type MigrationInterface } from 'typeorm';
import { MIGRATIONS as ACCESS_FLOW } from '../apps/access-flow/src/migrations/index.js';
import { MIGRATIONS as GATEWAY } from '../apps/gateway/src/migrations/index.js';
import { MIGRATIONS as IDENTITY } from '../apps/identity/src/migrations/index.js';

const MIGRATIONS: Record<Service, (new () => MigrationInterface)[]> = {
  gateway: GATEWAY,
  identity: IDENTITY,
  'access-flow': ACCESS_FLOW,
};
const schemaOf = (service: Service) => service.replaceAll('-', '_');

let database: TestDatabase;
let owner: pg.Client;
let name: string;

const ownerName = () => `"${decodeURIComponent(new URL(database.url).username)}"`;

/** The URL of the database for another role. @param role without the prefix of the database name */
function as(role: string, password = `secret of ${role}`): string {
  const url = new URL(database.url);
  url.username = `${name}_${role}`;
  url.password = encodeURIComponent(password);
  return url.href;
}

const migrate = (service: Service, env: Record<string, string> = {}) =>
  migrateSchema(service, MIGRATIONS[service], {
    MIGRATION_DATABASE_URL: database.url,
    DATABASE_URL: as(schemaOf(service)),
    ...env,
  });

const open = (service: Service, url: string) =>
  Database.open({ url, schema: schemaOf(service), migrations: MIGRATIONS[service], poolSize: 1 });

async function connected<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function setUp() {
  database = await emptyDatabase();
  name = new URL(database.url).pathname.slice(1);
  owner = new pg.Client(database.url);
  await owner.connect();
}

async function tearDown() {
  await owner.end();
  await database.drop();
}

describe('a service with the URL of its own role', () => {
  beforeEach(setUp);
  afterEach(tearDown);

  it.each(SERVICES)(
    '%s does not start before its schema is migrated, and names the command to run',
    async (service) => {
      await owner.query(`CREATE ROLE "${name}_${schemaOf(service)}" LOGIN PASSWORD 'secret of ${schemaOf(service)}'`);
      const total = MIGRATIONS[service].length;
      const sentence =
        `The database role ${name}_${schemaOf(service)} finds ${total} of ${total} migrations of the schema ` +
        `${schemaOf(service)} missing: run dist/apps/${service}/src/migrate.js with MIGRATION_DATABASE_URL, then start again.`;
      await expect(open(service, as(schemaOf(service)))).rejects.toThrow(sentence);
      const schemas = await owner.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [schemaOf(service)]);
      expect(schemas.rowCount).toBe(0);
    },
  );

  it('does not start when a migration is new', async () => {
    await migrate('identity');
    await owner.query('DELETE FROM identity.migrations WHERE id = (SELECT max(id) FROM identity.migrations)');
    await expect(open('identity', as('identity'))).rejects.toThrow(
      `finds 1 of ${IDENTITY.length} migrations of the schema identity missing`,
    );
  });

  it('starts after the migration, which can run repeatedly and concurrently', async () => {
    await Promise.all([migrate('identity'), migrate('identity')]);
    expect(await migrate('identity')).toBe(
      `The schema identity is up to date, and the role ${name}_identity may use it.`,
    );
    const service = await open('identity', as('identity'));
    const [role] = await service.unscoped((tx) => tx.rows<{ name: string }>('SELECT current_user AS name'));
    await service.close();
    expect(role).toEqual({ name: `${name}_identity` });
  });

  it('is refused when its role can use the schema of another service', async () => {
    for (const service of SERVICES) await migrate(service);
    await owner.query(`GRANT USAGE ON SCHEMA gateway TO "${name}_identity"`);
    await expect(open('identity', as('identity'))).rejects.toThrow(
      `The database role ${name}_identity may use the schema gateway too; identity needs a role of its own.`,
    );
  });

  it.each([
    ['may create roles', (role: string) => `ALTER ROLE ${role} CREATEROLE`],
    [
      'can become the owner of its tables',
      (role: string) => `ALTER ROLE ${role} NOINHERIT; GRANT ${ownerName()} TO ${role}`,
    ],
    ['owns its schema', (role: string) => `ALTER SCHEMA identity OWNER TO ${role}`],
    [
      'can become the owner of its schema',
      (role: string) =>
        `CREATE ROLE "${name}_keeper"; ALTER SCHEMA identity OWNER TO "${name}_keeper"; GRANT "${name}_keeper" TO ${role}`,
    ],
    ['owns the schema of another service', (role: string) => `CREATE SCHEMA gateway AUTHORIZATION ${role}`],
    ['may read all data', (role: string) => `GRANT pg_read_all_data TO ${role}`],
  ])('is refused when its role %s', async (_, sql) => {
    await migrate('identity');
    await owner.query(sql(`"${name}_identity"`));
    await expect(open('identity', as('identity'))).rejects.toThrow('can bypass row-level security');
  });
});

describe('a migration', () => {
  beforeEach(setUp);
  afterEach(tearDown);

  it('changes the password of the role to the one in its URL', async () => {
    await migrate('identity');
    await migrate('identity', { DATABASE_URL: as('identity', 'another secret') });
    const { rows } = await owner.query<{ rolpassword: string | null }>(
      'SELECT rolpassword FROM pg_authid WHERE rolname = $1',
      [`${name}_identity`],
    );
    expect(rows[0]?.rolpassword).toMatch(/^SCRAM-SHA-256\$/);
    await connected(as('identity', 'another secret'), (client) => client.query('SELECT 1'));
  });

  it('refuses the owner as the role of a service', async () => {
    await expect(migrate('identity', { DATABASE_URL: database.url })).rejects.toThrow(
      'DATABASE_URL and MIGRATION_DATABASE_URL name the same role: the service needs one of its own.',
    );
  });

  it('does not change a role with administrative rights', async () => {
    await owner.query(`CREATE ROLE "${name}_chief" LOGIN SUPERUSER`);
    await expect(migrate('identity', { DATABASE_URL: as('chief') })).rejects.toThrow('can bypass row-level security');
    const { rows } = await owner.query('SELECT rolpassword FROM pg_authid WHERE rolname = $1', [`${name}_chief`]);
    expect(rows).toEqual([{ rolpassword: null }]);
  });

  it('refuses the owner of the database or of the schema as the role of a service', async () => {
    const role = `"${name}_identity"`;
    await migrate('identity');
    await owner.query(`ALTER SCHEMA identity OWNER TO ${role}`);
    await expect(migrate('identity')).rejects.toThrow('can bypass row-level security');
    await owner.query(`ALTER SCHEMA identity OWNER TO ${ownerName()}; ALTER DATABASE "${name}" OWNER TO ${role}`);
    await expect(migrate('identity')).rejects.toThrow('can bypass row-level security');
  });

  it('names both settings when both are missing', async () => {
    await expect(migrateSchema('identity', IDENTITY, {})).rejects.toThrow(
      /MIGRATION_DATABASE_URL is not set[^]*\n {2}DATABASE_URL is not set/,
    );
  });

  it('names MIGRATION_DATABASE_URL when the owner cannot be reached', async () => {
    const nowhere = database.url.replace(/[^/]+$/, 'no_such_database');
    await expect(migrate('identity', { MIGRATION_DATABASE_URL: nowhere })).rejects.toThrow(
      /database "no_such_database" does not exist .+ correct MIGRATION_DATABASE_URL/,
    );
  });
});

describe('the role of each service can only access the rows of its own schema', () => {
  beforeAll(async () => {
    await setUp();
    for (const service of SERVICES) await migrate(service);
    await owner.query(`CREATE ROLE "${name}_stranger" LOGIN`);
  });
  afterAll(tearDown);

  /** Statements that must fail, with PostgreSQL's code. @param own schema of the role @param others schemas of other services */
  const refused = (own: string, others: string[]): [sql: string, code: string][] => [
    ...others.flatMap((other): [string, string][] => [
      [`SELECT * FROM ${other}.outbox`, '42501'],
      [`INSERT INTO ${other}.inbox VALUES (gen_random_uuid())`, '42501'],
      [`TRUNCATE ${other}.outbox`, '42501'],
      [`SET ROLE "${name}_${other}"`, '42501'],
      [`ALTER ROLE "${name}_${other}" PASSWORD 'known'`, '42501'],
      [`GRANT USAGE ON SCHEMA ${other} TO CURRENT_USER`, '42501'],
      [`CREATE TABLE ${other}.stolen (x int)`, '42501'],
    ]),
    [`SET ROLE ${ownerName()}`, '42501'],
    [`SET SESSION AUTHORIZATION ${ownerName()}`, '42501'],
    [`SET ROLE "${name}_stranger"`, '42501'],
    ['CREATE ROLE another', '42501'],
    [`ALTER ROLE CURRENT_USER BYPASSRLS`, '42501'],
    [`ALTER ROLE CURRENT_USER SUPERUSER`, '42501'],
    [`DROP ROLE "${name}_stranger"`, '42501'],
    [`GRANT pg_read_all_data TO CURRENT_USER`, '42501'],
    ['CREATE SCHEMA another', '42501'],
    ['CREATE DATABASE another', '42501'],
    [`ALTER DATABASE "${name}" SET work_mem = '1GB'`, '42501'],
    ['CREATE EXTENSION pgcrypto', '42501'],
    ['CREATE TABLE public.another (x int)', '42501'],
    [`CREATE TABLE ${own}.another (x int)`, '42501'],
    ['CREATE TEMPORARY TABLE another (x int)', '42501'],
    [`CREATE FUNCTION ${own}.another() RETURNS int LANGUAGE sql AS 'SELECT 1'`, '42501'],
    [`ALTER TABLE ${own}.outbox DISABLE ROW LEVEL SECURITY`, '42501'],
    [`ALTER TABLE ${own}.outbox ADD COLUMN x int`, '42501'],
    [`DROP TABLE ${own}.outbox`, '42501'],
    [`TRUNCATE ${own}.outbox`, '42501'],
    [`DROP SCHEMA ${own} CASCADE`, '42501'],
    [`DELETE FROM ${own}.migrations`, '42501'],
    [`INSERT INTO ${own}.migrations (timestamp, name) VALUES (1, 'another')`, '42501'],
    [`COPY ${own}.outbox TO PROGRAM 'true'`, '42501'],
    [`COPY ${own}.outbox FROM PROGRAM 'true'`, '42501'],
    [`COPY ${own}.outbox TO '/tmp/outbox'`, '42501'],
    [`SELECT pg_read_file('/etc/hostname')`, '42501'],
    [`SELECT pg_ls_dir('/')`, '42501'],
    ['SELECT rolpassword FROM pg_authid', '42501'],
    ['SELECT passwd FROM pg_shadow', '42501'],
    ['ALTER SYSTEM RESET work_mem', '42501'],
    ['SELECT pg_reload_conf()', '42501'],
    [`SET log_statement = 'none'`, '42501'],
    [`LOAD 'pg_prewarm'`, '42501'],
    [
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${new URL(database.url).username}'`,
      '42501',
    ],
    ['CHECKPOINT', '42501'],
    ['CREATE PUBLICATION another FOR ALL TABLES', '42501'],
  ];

  it.each(SERVICES)('%s', async (service) => {
    const own = schemaOf(service);
    const others = SERVICES.filter((other) => other !== service).map(schemaOf);
    const codes = await connected(as(own), async (client) => {
      const answers: [string, unknown][] = [];
      for (const [sql] of refused(own, others)) {
        const code = await client.query(sql).then(
          () => 'allowed',
          (error: { code?: string }) => error.code,
        );
        answers.push([sql, code]);
      }
      return answers;
    });
    expect(codes).toEqual(refused(own, others));
  });

  it.each(SERVICES)('%s sees only rows of the integration that its transaction sets', async (service) => {
    const own = schemaOf(service);
    const { rows: tables } = await owner.query<{ name: string }>(
      `SELECT c.oid::regclass::text AS name FROM pg_class c WHERE relnamespace = $1::regnamespace AND relrowsecurity`,
      [own],
    );
    expect(tables.length).toBeGreaterThan(0);
    await connected(as(own), async (client) => {
      const { rows } = await client.query(`SELECT row_security_active(t) AS active FROM unnest($1::text[]) t`, [
        tables.map((table) => table.name),
      ]);
      expect(rows).toEqual(tables.map(() => ({ active: true })));
      await expect(client.query(`SET row_security = off; SELECT * FROM ${tables[0]?.name}`)).rejects.toMatchObject({
        code: '42501',
      });
    });
  });
});
