import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { type Account, postgresBinaries, serverAccount, serverEnvironment } from './binaries.js';
import { DataFolderError, explainFolderError, explainOutput } from './data-folder-error.js';
import { DataFolder, OWNER } from './folder.js';

export interface EmbeddedPostgres {
  /** URL of the database `tidegate`, as a user that can create roles. */
  url: string;
  /** Process id of the server. */
  pid: number;
  /** Stops the server with a fast shutdown. Resolves when the server has ended. */
  stop(): Promise<void>;
}

const DATABASE = 'tidegate';
/** Includes the time of a recovery after a crash. */
const START_TIMEOUT_MS = 120_000;
/** A server that starts or recovers refuses connections with an error. A server without any response for this long hangs. */
const SILENCE_TIMEOUT_MS = 3_000;
const STOP_TIMEOUT_MS = 30_000;
/** Advisory lock: only one process uses the server, because each stops the server when it exits. */
const ONE_PROCESS_LOCK = 7_300_001;

const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'max_connections=100',
  'shared_buffers=64MB',
  'timezone=UTC',
  // Statements and the values in error details are personal data and are not logged.
  'log_error_verbosity=terse',
  'log_min_error_statement=panic',
  'log_checkpoints=off',
];
/** Faster writes; a crash of the machine can lose the data. */
const NOT_DURABLE = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];

/**
 * Starts the PostgreSQL that npm installed, on 127.0.0.1. Works under root and under other accounts.
 * If an earlier process left a server running on the same data, that server is used.
 * @param options.dataDir folder of the server only; created if it is missing
 * @param options.durable false if the data can be lost in a crash of the machine, as in tests
 * @param options.programs folder of initdb and postgres; by default those that npm installed
 * @throws DataFolderError with the reason, and with the last lines of the server's log if the reason is not known; Error if
 *   the binaries do not run
 */
export async function startEmbeddedPostgres({
  dataDir,
  durable = true,
  programs,
}: {
  dataDir: string;
  durable?: boolean;
  programs?: string;
}): Promise<EmbeddedPostgres> {
  const account = await serverAccount(dataDir);
  const binaries = programs ?? join(await postgresBinaries(account), 'bin');
  const folder = new DataFolder(dataDir, account);
  const settings = durable ? SETTINGS : [...SETTINGS, ...NOT_DURABLE];
  try {
    const password = await folder.prepare(join(binaries, 'initdb'));
    return await new Launch(folder, account, join(binaries, 'postgres'), password, settings).run();
  } catch (error) {
    throw explainFolderError(folder.path, error);
  }
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
      await this.folder.removeStalePid();
      const port = await this.folder.port();
      const child = await this.spawn(port);
      const client = await this.connect(port, giveUpAt, child);
      if (client) return this.handOver(client);
      child.kill('SIGINT');
      // An earlier server can still be stopping, and another process can have taken the port since it was checked.
      const reason = await this.folder.lastLogLines();
      const isTransient = /lock file ".+" already exists|could not bind|could not create any TCP/.test(reason);
      if (!isTransient || Date.now() > giveUpAt) {
        throw explainOutput(this.folder.path, 'PostgreSQL did not start on the data in', reason);
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
      detached: true, // its own process group: Ctrl-C in a terminal stops only this process, which then stops the server
    });
    child.on('error', () => undefined); // `connect` checks the process id
    child.unref();
    await log.close();
    return child;
  }

  /**
   * @returns a client when the server accepts it; undefined if no server listens there and no child is starting
   * @throws DataFolderError if the server hangs
   */
  private async connect(port: number, giveUpAt: number, child?: ChildProcess): Promise<pg.Client | undefined> {
    let silentSince = Date.now();
    while (port && Date.now() < giveUpAt) {
      const login = { host: '127.0.0.1', port, user: OWNER, password: this.password, database: 'postgres', ssl: false };
      const client = new pg.Client({
        ...login,
        application_name: 'tidegate',
        connectionTimeoutMillis: SILENCE_TIMEOUT_MS,
      });
      try {
        await client.connect();
        return client;
      } catch (error) {
        const { code, message } = error as { code?: string; message?: string };
        const running = child?.pid !== undefined && child.exitCode === null && child.signalCode === null && child;
        const isStarting = code === 'ECONNREFUSED' && running;
        // 57P03: the server is starting. Other errors come from another server, with another password.
        if (code === '57P03') silentSince = Date.now();
        else if (message === 'timeout expired' || (isStarting && Date.now() - silentSince > SILENCE_TIMEOUT_MS)) {
          await this.refuseHanging(running || undefined);
          return undefined;
        } else if (!isStarting) return undefined;
        await delay(20);
      }
    }
    return undefined;
  }

  /**
   * Called when nothing responds at the port. Another program can listen there instead of the server.
   * @throws DataFolderError if a server runs on the data. A child is killed, which loses no data.
   */
  private async refuseHanging(child?: ChildProcess): Promise<void> {
    const hangs = `PostgreSQL hangs on the data in ${this.folder.path}.`;
    if (child) {
      child.kill('SIGKILL');
      throw new DataFolderError(`${hangs} It was killed.`);
    }
    await this.folder.removeStalePid();
    const pid = (await this.folder.holder())?.pid ?? 0;
    if (signal(pid, 0)) throw new DataFolderError(`${hangs} Kill its process ${pid}, then start again.`);
  }

  private async handOver(client: pg.Client): Promise<EmbeddedPostgres> {
    client.on('error', () => undefined); // after an end of the server, its other clients fail
    await this.claim(client);
    const known = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (known.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
    const connection = client as pg.Client & { ref(): void; unref(): void }; // missing in the types of pg
    connection.unref(); // the idle connection does not keep the process running
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

  /** Takes the lock. It ends with this connection, so also when the process is killed. */
  private async claim(client: pg.Client): Promise<void> {
    const giveUpAt = Date.now() + 2_000; // PostgreSQL needs time to notice that a process was killed
    while (Date.now() < giveUpAt) {
      const { rows } = await client.query<{ mine: boolean }>('SELECT pg_try_advisory_lock($1) AS mine', [
        ONE_PROCESS_LOCK,
      ]);
      if (rows[0]?.mine) return;
      await delay(50);
    }
    await client.end();
    throw new DataFolderError(`Another process is running on the data in ${this.folder.path}.`);
  }

  private async end(pid: number): Promise<void> {
    const hurryAt = Date.now() + STOP_TIMEOUT_MS;
    let alive = signal(pid, 'SIGINT');
    while (alive && (await this.folder.holder())?.pid === pid && Date.now() < hurryAt + STOP_TIMEOUT_MS) {
      await delay(10);
      // An immediate shutdown loses no data: the next start recovers it from the write-ahead log.
      alive = signal(pid, Date.now() > hurryAt ? 'SIGQUIT' : 0);
    }
  }
}

/** @returns whether the process exists. Never sends to 0, which is the process group of this process. */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return pid > 0 && process.kill(pid, name);
  } catch {
    return false;
  }
}
