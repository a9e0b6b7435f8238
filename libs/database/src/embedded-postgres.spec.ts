import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.js';

const parent = mkdtempSync(join(tmpdir(), 'tidegate-postgres-'));
const dataDir = join(parent, 'postgres');
let server: EmbeddedPostgres;

async function query(text: string, url = server.url): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(url);
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

/** What the server sees when the process that started it is killed: its connection is gone, nothing else happens. */
async function abandon(): Promise<void> {
  await query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tidegate'`);
}

beforeAll(async () => {
  server = await startEmbeddedPostgres({ dataDir });
});

afterAll(async () => {
  await server.stop();
  rmSync(parent, { recursive: true, force: true });
});

describe('a fresh start', () => {
  it('gives a database named tidegate to a user that may create roles', async () => {
    const [row] = await query(
      `SELECT current_database() AS database, rolcreaterole AS creates, rolsuper AS super FROM pg_roles WHERE rolname = current_user`,
    );
    expect(row).toEqual({ database: 'tidegate', creates: true, super: true });
  });

  it('keeps the password in a file that only its owner reads', () => {
    expect(statSync(join(dataDir, 'password')).mode & 0o777).toBe(0o600);
    expect(server.url).toContain(readFileSync(join(dataDir, 'password'), 'utf8'));
  });

  it('lets nobody in who does not know the password', async () => {
    const wrong = new URL(server.url);
    wrong.password = 'wrong';
    await expect(query('SELECT 1', wrong.href)).rejects.toMatchObject({ code: '28P01' });
  });

  it('listens on 127.0.0.1 alone, writes to disk, and sorts the same on every system', async () => {
    const [row] = await query(
      `SELECT current_setting('listen_addresses') AS listens, current_setting('unix_socket_directories') AS sockets,
              current_setting('fsync') AS fsync, current_setting('max_connections') AS connections,
              datcollate AS collation, pg_encoding_to_char(encoding) AS encoding
       FROM pg_database WHERE datname = current_database()`,
    );
    expect(row).toEqual({
      listens: '127.0.0.1',
      sockets: '',
      fsync: 'on',
      connections: '100',
      collation: 'C',
      encoding: 'UTF8',
    });
  });

  it('writes no statement and no value of a row into its log', async () => {
    await query('CREATE TABLE people (name text UNIQUE)');
    await query(`INSERT INTO people VALUES ('alice@example.com')`);
    await expect(query(`INSERT INTO people VALUES ('alice@example.com')`)).rejects.toThrow('duplicate key');
    const log = readFileSync(join(dataDir, 'postgres.log'), 'utf8');
    expect(log).toContain('duplicate key');
    expect(log).not.toContain('alice');
  });
});

describe('the data', () => {
  beforeAll(() => query('CREATE TABLE kept AS SELECT 42 AS answer'));

  it('are there after a stop and a start, at the same address', async () => {
    const { url } = server;
    await server.stop();
    await expect(query('SELECT 1', url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    server = await startEmbeddedPostgres({ dataDir });
    expect(server.url).toBe(url);
    expect(await query('SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('are not shared with a second process', async () => {
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toThrow('Another process is running on the data');
    expect(await query('SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('are served by the server that a killed process left behind', async () => {
    const left = server;
    await abandon();
    server = await startEmbeddedPostgres({ dataDir });
    expect(server.pid).toBe(left.pid);
    expect(await query('SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('survive a crash of the server, even when its process id was given to another process since', async () => {
    process.kill(server.pid, 'SIGKILL');
    await server.stop();
    const pidFile = join(dataDir, 'cluster', 'postmaster.pid');
    const lines = readFileSync(pidFile, 'utf8').split('\n');
    writeFileSync(pidFile, [String(process.pid), ...lines.slice(1)].join('\n'));
    server = await startEmbeddedPostgres({ dataDir });
    expect(server.pid).not.toBe(process.pid);
    expect(await query('SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });
});

it('takes another port when a stranger has taken the one of last time', async () => {
  const stranger = await startEmbeddedPostgres({ dataDir: join(parent, 'stranger') });
  const taken = new URL(stranger.url).port;
  await server.stop();
  writeFileSync(join(dataDir, 'port'), taken);
  server = await startEmbeddedPostgres({ dataDir });
  expect(new URL(server.url).port).not.toBe(taken);
  await stranger.stop();
});

it('says in one sentence why it cannot start', async () => {
  const broken = join(parent, 'broken');
  await (await startEmbeddedPostgres({ dataDir: broken })).stop();
  writeFileSync(join(broken, 'cluster', 'PG_VERSION'), '9.6\n');
  await expect(startEmbeddedPostgres({ dataDir: broken })).rejects.toThrow(
    /^Postgres did not start on the data in .*\n.*incompatible/s,
  );
});
