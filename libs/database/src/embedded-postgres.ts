import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, openSync, readlinkSync, closeSync } from 'node:fs';
import { chmod, chown, mkdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { type Account, postgresBinaries, serverAccount, serverEnvironment } from './embedded-postgres-binaries.js';

export interface EmbeddedPostgres {
  /** URL of the database `tidegate`, as a user that may create roles. */
  url: string;
  /** Process id of the server. */
  pid: number;
  /** Ends the server after it has written everything to disk (fast shutdown) and waits for that. */
  stop(): Promise<void>;
}

const OWNER = 'tidegate_owner';
const DATABASE = 'tidegate';
const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 30_000;
/** Two processes on the same data would stop the server under each other: whoever holds this lock is the one. */
const ONE_PROCESS_LOCK = 7_300_001;
const LOG_LIMIT_BYTES = 1_000_000;

const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'max_connections=100',
  'shared_buffers=64MB',
  'timezone=UTC',
  // Statements and the values in error details are personal data and stay out of the log.
  'log_error_verbosity=terse',
  'log_min_error_statement=panic',
  'log_checkpoints=off',
];

/**
 * Starts the PostgreSQL that npm installed, on 127.0.0.1 and on data that stay. Works as root and as anybody else.
 * A server that an earlier process left running on the same data is used again.
 * @param options.dataDir folder of its own, made when missing: `cluster/` (the data), `password`, `port`, `postgres.log`
 * @throws one sentence when it cannot run, with the last lines of the log when there are any
 */
export async function startEmbeddedPostgres(options: { dataDir: string }): Promise<EmbeddedPostgres> {
  const account = await serverAccount(options.dataDir);
  const server = new Server(resolve(options.dataDir), account, await postgresBinaries(account));
  await server.prepare();
  return server.start();
}

class Server {
  private readonly cluster = join(this.dataDir, 'cluster');
  private readonly log = join(this.dataDir, 'postgres.log');
  private password = '';

  constructor(
    private readonly dataDir: string,
    private readonly account: Account,
    private readonly binaries: string,
  ) {}

  /** Makes password and cluster when there are none. */
  async prepare(): Promise<void> {
    await mkdir(this.dataDir, { recursive: true, mode: 0o700 });
    await this.give(this.dataDir);
    this.password = await this.remember('password', () => randomBytes(24).toString('base64url'));
    if (!existsSync(join(this.cluster, 'PG_VERSION'))) await this.initialize();
  }

  async start(): Promise<EmbeddedPostgres> {
    const deadline = Date.now() + START_TIMEOUT_MS;
    for (;;) {
      const running = await this.connect(await this.portOfRunning(), deadline);
      if (running) return this.ready(running);
      await this.removeStalePidFile();
      const child = await this.spawn();
      const client = await this.connect(Number(await readFile(join(this.dataDir, 'port'), 'utf8')), deadline, child);
      if (client) return this.ready(client);
      // An earlier server that is still ending holds the data for a moment, and a port may be taken between look and use.
      const reason = await this.lastLogLines();
      const passing = /lock file|could not bind|could not create any TCP/.test(reason);
      if (!passing || Date.now() > deadline) throw new Error(`Postgres did not start on ${this.dataDir}:\n${reason}`);
      await delay(200);
    }
  }

  /** Built beside its place and renamed when whole, so that an interrupted first start leaves no half cluster. */
  private async initialize(): Promise<void> {
    const unfinished = join(this.dataDir, 'cluster.new');
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { mode: 0o700 });
    await this.give(unfinished);
    const login = ['-U', OWNER, '--auth=scram-sha-256', '--pwfile=../password'];
    const run = spawnSync(
      join(this.binaries, 'bin', 'initdb'),
      ['-D', this.pathSeenInside(unfinished), ...login, '-E', 'UTF8', '--locale=C'],
      { ...this.account, cwd: unfinished, env: serverEnvironment(), encoding: 'utf8' },
    );
    if (run.status !== 0) {
      const reason = run.error?.message ?? run.stderr.trim();
      throw new Error(`Postgres could not set up its data in ${this.dataDir}:\n${reason}`);
    }
    await rename(unfinished, this.cluster);
  }

  private async spawn(): Promise<ChildProcess> {
    const remembered = Number(await this.remember('port', async () => String(await freePort())));
    const port = (await isFree(remembered)) ? remembered : await freePort();
    await writeFile(join(this.dataDir, 'port'), String(port));
    const grown = await stat(this.log).then(({ size }) => size > LOG_LIMIT_BYTES, () => false); // prettier-ignore
    const log = openSync(this.log, grown ? 'w' : 'a', 0o600);
    const child = spawn(
      join(this.binaries, 'bin', 'postgres'),
      ['-D', this.pathSeenInside(this.cluster), '-p', String(port), ...SETTINGS.flatMap((setting) => ['-c', setting])],
      // A group of its own: Ctrl-C in a terminal is for us, who then end it last.
      { ...this.account, cwd: this.cluster, env: serverEnvironment(), stdio: ['ignore', log, log], detached: true },
    );
    child.on('error', () => undefined); // seen as an exit
    child.unref();
    closeSync(log);
    return child;
  }

  /**
   * Under root the server's account may not be able to walk to the data (0700 folders above), but the folder it was
   * started in is always open to it, and this is that folder's name.
   */
  private pathSeenInside(folder: string): string {
    return this.account.uid !== undefined && process.platform === 'linux' ? '/proc/self/cwd' : folder;
  }

  /** A client once the server answers; undefined when nothing listens there and no child is about to. */
  private async connect(
    port: number | undefined,
    deadline: number,
    child?: ChildProcess,
  ): Promise<pg.Client | undefined> {
    while (port) {
      const client = this.client(port);
      try {
        await client.connect();
        return client;
      } catch (error) {
        const code = (error as { code?: string }).code ?? '';
        const starting = code === '57P03' || (code === 'ECONNREFUSED' && child?.pid && child.exitCode === null);
        // Any other answer comes from a stranger on that port, who knows neither user nor password.
        if (!starting || child?.signalCode || Date.now() > deadline) return undefined;
        await delay(20);
      }
    }
    return undefined;
  }

  private async ready(client: pg.Client): Promise<EmbeddedPostgres> {
    client.on('error', () => undefined); // the server ended: whoever uses it will see that
    await this.claim(client);
    const known = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (known.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
    client.unref();
    const pid = Number((await this.pidFile())[0]);
    const onExit = () => signal(pid, 'SIGINT');
    process.once('exit', onExit);
    let stopped: Promise<void> | undefined;
    const stop = async () => {
      process.off('exit', onExit);
      await client.end().catch(() => undefined);
      await this.end(pid);
    };
    const url = `postgres://${OWNER}:${this.password}@127.0.0.1:${client.port}/${DATABASE}`;
    return { url, pid, stop: () => (stopped ??= stop()) };
  }

  /** The lock lasts as long as this connection, so it ends with our process, however that ends. */
  private async claim(client: pg.Client): Promise<void> {
    const deadline = Date.now() + 2_000; // a process that was killed just now is still being noticed
    for (;;) {
      const { rows } = await client.query<{ mine: boolean }>('SELECT pg_try_advisory_lock($1) AS mine', [
        ONE_PROCESS_LOCK,
      ]);
      if (rows[0]?.mine) return;
      if (Date.now() > deadline) break;
      await delay(50);
    }
    await client.end();
    throw new Error(`Another process is running on the data in ${this.dataDir}.`);
  }

  private async end(pid: number): Promise<void> {
    const hurryAt = Date.now() + STOP_TIMEOUT_MS;
    signal(pid, 'SIGINT');
    while ((await this.pidFile())[0] === String(pid)) {
      // Immediate shutdown loses nothing either: the next start recovers from the log.
      if (Date.now() > hurryAt) signal(pid, 'SIGQUIT');
      if (!signal(pid, 0)) return;
      await delay(10);
    }
  }

  /** Lines of `postmaster.pid`: process id, folder, start time, port, … ; none when no server holds the data. */
  private async pidFile(): Promise<string[]> {
    const text = await readFile(join(this.cluster, 'postmaster.pid'), 'utf8').catch(() => '');
    return text.split('\n').map((line) => line.trim());
  }

  private async portOfRunning(): Promise<number | undefined> {
    return Number((await this.pidFile())[3]) || undefined;
  }

  /** After a crash another process may have got the id in the file, and Postgres would then refuse to start. */
  private async removeStalePidFile(): Promise<void> {
    const [pid] = await this.pidFile();
    if (!pid || process.platform !== 'linux') return;
    let folder: string | undefined;
    try {
      folder = readlinkSync(`/proc/${pid}/cwd`);
    } catch {
      // No such process, or one that is ending.
    }
    if (folder !== (await realpath(this.cluster))) await rm(join(this.cluster, 'postmaster.pid'), { force: true });
  }

  private client(port: number): pg.Client {
    const login = { host: '127.0.0.1', port, user: OWNER, password: this.password, database: 'postgres' };
    return new pg.Client({
      ...login,
      ssl: false,
      application_name: 'tidegate launcher',
      connectionTimeoutMillis: 5_000,
    });
  }

  /** The content of a small file of ours, made with mode 0600 at first use. */
  private async remember(name: string, make: () => string | Promise<string>): Promise<string> {
    const path = join(this.dataDir, name);
    const known = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw new Error(`The data in ${this.dataDir} belong to another user.`);
    });
    if (known) return known;
    const made = await make();
    await writeFile(path, made, { mode: 0o600 });
    await chmod(path, 0o600);
    await this.give(path);
    return made;
  }

  private async give(path: string): Promise<void> {
    const { uid, gid } = this.account;
    if (uid !== undefined && gid !== undefined) await chown(path, uid, gid);
  }

  private async lastLogLines(): Promise<string> {
    const text = await readFile(this.log, 'utf8').catch(() => '');
    return text.trim().split('\n').slice(-8).join('\n');
  }
}

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

/** Below the range from which systems take ports for outgoing connections, so that it is likely free next time too. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((answer) => {
    const probe = createServer();
    probe.once('error', () => answer(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => answer(true)));
  });
}
