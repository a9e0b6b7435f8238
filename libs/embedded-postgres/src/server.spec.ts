import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { explainFolderError } from './data-folder-error.js';
import { DataFolder } from './folder.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './server.js';

const parent = mkdtempSync(join(tmpdir(), 'tidegate-postgres-'));
const dataDir = join(parent, 'postgres');
/** Under root the server runs as another account, which must be able to read its programs. */
const programs = mkdtempSync(join(tmpdir(), 'tidegate-programs-'));
chmodSync(programs, 0o755);
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

/** Writes a program that stands for one of PostgreSQL. @returns its path */
function program(name: string, script: string): string {
  const path = join(programs, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** Ends the connection of the process that started the server, as a kill of that process does. */
async function endConnection(): Promise<void> {
  await query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tidegate'`);
}

beforeAll(async () => {
  server = await startEmbeddedPostgres({ dataDir });
});

afterAll(async () => {
  await server.stop();
  for (const folder of [parent, programs]) rmSync(folder, { recursive: true, force: true });
});

describe('a fresh start', () => {
  it('provides a database named tidegate to a user that can create roles', async () => {
    const [row] = await query(
      `SELECT current_database() AS database, rolcreaterole AS creates, rolsuper AS super FROM pg_roles WHERE rolname = current_user`,
    );
    expect(row).toEqual({ database: 'tidegate', creates: true, super: true });
  });

  it('stores the password in a file that only its owner can read', () => {
    expect(statSync(join(dataDir, 'password')).mode & 0o777).toBe(0o600);
    expect(server.url).toContain(readFileSync(join(dataDir, 'password'), 'utf8'));
  });

  it('refuses a wrong password', async () => {
    const wrong = new URL(server.url);
    wrong.password = 'wrong';
    await expect(query('SELECT 1', wrong.href)).rejects.toMatchObject({ code: '28P01' });
  });

  it('listens on 127.0.0.1 only, syncs writes to disk, and sorts the same on every system', async () => {
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

  it('logs no statements and no values of rows', async () => {
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

  it('is available at the same address after a stop and a start', async () => {
    const { url } = server;
    await server.stop();
    await expect(query('SELECT 1', url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    server = await startEmbeddedPostgres({ dataDir });
    expect(server.url).toBe(url);
    expect(await query('SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('is not shared with a second process', async () => {
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toThrow('Another process is running on the data');
    expect(await query('SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('is served by the server that a killed process left running', async () => {
    const left = server;
    await endConnection();
    server = await startEmbeddedPostgres({ dataDir });
    expect(server.pid).toBe(left.pid);
    expect(await query('SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('survives a crash of the server, also if another process has its process id afterwards', async () => {
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

it('takes another port if another server listens on the port of the last start', async () => {
  const other = await startEmbeddedPostgres({ dataDir: join(parent, 'other') });
  const taken = new URL(other.url).port;
  await server.stop();
  writeFileSync(join(dataDir, 'port'), taken);
  server = await startEmbeddedPostgres({ dataDir });
  expect(new URL(server.url).port).not.toBe(taken);
  await other.stop();
});

describe('a fault of the data folder is one sentence', () => {
  it.each(['', '/postgres'])('a file instead of a folder%s', async (below) => {
    const file = join(parent, 'file');
    writeFileSync(file, '');
    await expect(startEmbeddedPostgres({ dataDir: `${file}${below}` })).rejects.toThrow(
      /^The data folder \S+ is a file or below a file, not a folder\.$/,
    );
  });

  it('no space while the data is initialized', async () => {
    const initdb = program('full-initdb', 'echo "initdb: could not write: No space left on device" >&2; exit 1');
    const folder = new DataFolder(join(parent, 'full'), { uid: undefined, gid: undefined });
    await expect(folder.prepare(initdb)).rejects.toThrow(/^The data folder \S+ is on a disk without free space\.$/);
  });

  it('an initialization that hangs, also in a process that initdb started', async () => {
    const initdb = program('hanging-initdb', 'sleep 5 & wait');
    const folder = new DataFolder(join(parent, 'uninitialized'), { uid: undefined, gid: undefined });
    await expect(folder.prepare(initdb, 200)).rejects.toThrow(
      /^PostgreSQL did not initialize its data in \S+ within 0\.2 seconds\.$/,
    );
  });

  it('a fresh server that hangs before it listens', async () => {
    program('initdb', 'echo 16 > PG_VERSION');
    program('postgres', 'exec sleep 600');
    const fresh = { dataDir: join(parent, 'fresh'), programs };
    await expect(startEmbeddedPostgres(fresh)).rejects.toThrow(
      /^PostgreSQL hangs on the data in \S+\. It was killed\.$/,
    );
  });

  it.each([
    ['EACCES', 'is not writable for this user'],
    ['EROFS', 'is on a read-only file system'],
    ['ENOSPC', 'is on a disk without free space'],
  ])('%s', (code, reason) => {
    const error = Object.assign(new Error(`${code}: mkdir`), { code });
    expect(explainFolderError('/data', error)).toMatchObject({ message: `The data folder /data ${reason}.` });
  });

  it('a server that hangs', async () => {
    const hanging = { dataDir: join(parent, 'hanging') };
    const left = await startEmbeddedPostgres(hanging);
    process.kill(left.pid, 'SIGSTOP');
    try {
      await expect(startEmbeddedPostgres(hanging)).rejects.toThrow(
        new RegExp(`^PostgreSQL hangs on the data in \\S+\\. Kill its process ${left.pid}, then start again\\.$`),
      );
    } finally {
      process.kill(left.pid, 'SIGCONT');
      await left.stop();
    }
  });
});

it('fails with the reason if it cannot start', async () => {
  const broken = join(parent, 'broken');
  await (await startEmbeddedPostgres({ dataDir: broken })).stop();
  writeFileSync(join(broken, 'cluster', 'PG_VERSION'), '9.6\n');
  await expect(startEmbeddedPostgres({ dataDir: broken })).rejects.toThrow(
    /^PostgreSQL did not start on the data in .*\n.*incompatible/s,
  );
});
