import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { type Account, postgresBinaries, serverAccount, serverEnvironment } from './embedded-postgres-binaries.js';
import { DataFolder, OWNER } from './embedded-postgres-folder.js';

export interface EmbeddedPostgres {
  /** URL of the database `tidegate`, as a user that may create roles. */
  url: string;
  /** Process id of the server. */
  pid: number;
  /** Ends the server after it has written everything to disk (fast shutdown) and waits for that. */
  stop(): Promise<void>;
}

const DATABASE = 'tidegate';
/** Long enough for the recovery that follows a crash. */
const START_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 30_000;
/** Two processes on the same data would stop the server under each other: whoever holds this lock is the one. */
const ONE_PROCESS_LOCK = 7_300_001;

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
/** Without these a crash of the machine may lose the data, and everything that writes is faster. */
const NOT_DURABLE = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];

/**
 * Starts the PostgreSQL that npm installed, on 127.0.0.1 and on data that stay. Works as root and as anybody else.
 * A server that an earlier process left running on the same data is used again.
 * @param options.dataDir folder for this alone, made when missing
 * @param options.durable false for data that need not survive a crash of the machine, such as those of tests
 * @throws one sentence when it cannot run, with the last lines of the server's log when there are any
 */
export async function startEmbeddedPostgres({
  dataDir,
  durable = true,
}: {
  dataDir: string;
  durable?: boolean;
}): Promise<EmbeddedPostgres> {
  const account = await serverAccount(dataDir);
  const binaries = join(await postgresBinaries(account), 'bin');
  const folder = new DataFolder(dataDir, account);
  const password = await folder.prepare(join(binaries, 'initdb'));
  const settings = durable ? SETTINGS : [...SETTINGS, ...NOT_DURABLE];
  return new Launch(folder, account, join(binaries, 'postgres'), password, settings).run();
}

class Launch {
  constructor(
    private readonly folder: DataFolder,
    private readonly account: Account,
    private readonly postgres: string,
    private readonly password: string,
    private readonly settings: readonly string[],
  ) {}

  async run(): Promise<EmbeddedPostgres> {
    const giveUpAt = Date.now() + START_TIMEOUT_MS;
    for (;;) {
      const left = await this.connect((await this.folder.holder())?.port ?? 0, giveUpAt);
      if (left) return this.handOver(left);
      await this.folder.forgetDeadHolder();
      const port = await this.folder.port();
      const child = await this.spawn(port);
      const client = await this.connect(port, giveUpAt, child);
      if (client) return this.handOver(client);
      child.kill('SIGINT');
      // An earlier server that is still ending holds the data for a moment, and a port may be taken between look and use.
      const reason = await this.folder.lastLogLines();
      const passing = /lock file|could not bind|could not create any TCP/.test(reason);
      if (!passing || Date.now() > giveUpAt) {
        throw new Error(`Postgres did not start on the data in ${this.folder.path}.\n${reason}`);
      }
      await delay(200);
    }
  }

  private async spawn(port: number): Promise<ChildProcess> {
    const { cluster } = this.folder;
    const log = await this.folder.openLog();
    const settings = this.settings.flatMap((setting) => ['-c', setting]);
    const child = spawn(this.postgres, ['-D', this.folder.seenFromInside(cluster), '-p', String(port), ...settings], {
      ...this.account,
      cwd: cluster,
      env: serverEnvironment(),
      stdio: ['ignore', log.fd, log.fd],
      detached: true, // a group of its own: Ctrl-C in a terminal is for us, who then end it last
    });
    child.on('error', () => undefined); // seen by its missing process id
    child.unref();
    await log.close();
    return child;
  }

  /** A client as soon as the server answers; undefined when none listens there and no child is about to. */
  private async connect(port: number, giveUpAt: number, child?: ChildProcess): Promise<pg.Client | undefined> {
    while (port && Date.now() < giveUpAt) {
      const login = { host: '127.0.0.1', port, user: OWNER, password: this.password, database: 'postgres', ssl: false };
      const client = new pg.Client({ ...login, application_name: 'tidegate', connectionTimeoutMillis: 5_000 });
      try {
        await client.connect();
        return client;
      } catch (error) {
        const { code } = error as { code?: string };
        const childRuns = child?.pid !== undefined && child.exitCode === null && child.signalCode === null;
        // 57P03 is a server that is starting. Any other answer comes from a stranger, who does not know the password.
        if (code !== '57P03' && !(code === 'ECONNREFUSED' && childRuns)) return undefined;
        await delay(20);
      }
    }
    return undefined;
  }

  private async handOver(client: pg.Client): Promise<EmbeddedPostgres> {
    client.on('error', () => undefined); // the server ended: whoever uses it will notice
    await this.claim(client);
    const known = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (known.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
    const connection = client as pg.Client & { ref(): void; unref(): void }; // the types of pg do not know them
    connection.unref(); // waiting for nothing, it keeps no process alive
    const pid = (await this.folder.holder())?.pid ?? 0;
    const onExit = () => void signal(pid, 'SIGINT');
    process.once('exit', onExit);
    const stop = async () => {
      connection.ref();
      await client.end().catch(() => undefined);
      await this.end(pid);
      process.off('exit', onExit);
    };
    let stopped: Promise<void> | undefined;
    const url = `postgres://${OWNER}:${this.password}@127.0.0.1:${client.port}/${DATABASE}`;
    return { url, pid, stop: () => (stopped ??= stop()) };
  }

  /** The lock lasts as long as this connection, so it ends with our process, however that ends. */
  private async claim(client: pg.Client): Promise<void> {
    const giveUpAt = Date.now() + 2_000; // a process that was killed just now is still being noticed
    while (Date.now() < giveUpAt) {
      const { rows } = await client.query<{ mine: boolean }>('SELECT pg_try_advisory_lock($1) AS mine', [
        ONE_PROCESS_LOCK,
      ]);
      if (rows[0]?.mine) return;
      await delay(50);
    }
    await client.end();
    throw new Error(`Another process is running on the data in ${this.folder.path}.`);
  }

  private async end(pid: number): Promise<void> {
    const hurryAt = Date.now() + STOP_TIMEOUT_MS;
    let alive = signal(pid, 'SIGINT');
    while (alive && (await this.folder.holder())?.pid === pid && Date.now() < hurryAt + STOP_TIMEOUT_MS) {
      await delay(10);
      // Immediate shutdown loses nothing either: the next start recovers from the log.
      alive = signal(pid, Date.now() > hurryAt ? 'SIGQUIT' : 0);
    }
  }
}

/** Whether there was such a process to send it to. Never to 0, which would be our own group. */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return pid > 0 && process.kill(pid, name);
  } catch {
    return false;
  }
}
