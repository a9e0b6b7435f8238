import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, open, readFile, readlink, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { type Account, serverEnvironment } from './binaries.js';
import { DataFolderError, explainOutput } from './data-folder-error.js';

/** The superuser of the cluster. Its password is in the file `password` of the folder. */
export const OWNER = 'tidegate_owner';
/** On a slow disk initdb takes many seconds. */
const INITDB_TIMEOUT_MS = 120_000;
const LOG_LIMIT_BYTES = 1_000_000;

/** The folder of one embedded server: `cluster/` (the data), `password`, `port`, `postgres.log`. */
export class DataFolder {
  readonly path: string;
  readonly cluster: string;
  private logStart = 0;

  constructor(
    path: string,
    private readonly account: Account,
  ) {
    this.path = resolve(path);
    this.cluster = join(this.path, 'cluster');
  }

  /**
   * Creates the folder, the password and the cluster, unless they exist.
   * @param initdb path of the program that creates a cluster
   * @param timeoutMs after this time it is killed
   * @returns the owner's password
   * @throws DataFolderError if the data belongs to another user or cannot be initialized; errors of the file system
   */
  async prepare(initdb: string, timeoutMs = INITDB_TIMEOUT_MS): Promise<string> {
    // Parent folders have the default mode.
    await mkdir(dirname(this.path), { recursive: true });
    await mkdir(this.path, { recursive: true, mode: 0o700 });
    await this.setOwner(this.path);
    const password = await this.stored('password', () => randomBytes(24).toString('base64url'));
    if (!existsSync(join(this.cluster, 'PG_VERSION'))) await this.initialize(initdb, timeoutMs);
    return password;
  }

  /** @returns the port of the last start if it is free, else a free port, which is stored */
  async port(): Promise<number> {
    const known = Number(await this.stored('port', freePort));
    if (await isFree(known)) return known;
    const other = await freePort();
    await writeFile(join(this.path, 'port'), other);
    return Number(other);
  }

  /**
   * Under root, the server's account can lack access to a parent folder of the data (mode 0700). It has access to its
   * working directory.
   * @param folder the working directory of the server
   * @returns the path of the folder for the server
   */
  seenFromInside(folder: string): string {
    return this.account.uid !== undefined && process.platform === 'linux' ? '/proc/self/cwd' : folder;
  }

  /** @returns the server that `postmaster.pid` names; undefined without one. Its process can be dead. */
  async holder(): Promise<{ pid: number; port: number } | undefined> {
    const text = await readFile(join(this.cluster, 'postmaster.pid'), 'utf8').catch(() => '');
    const [pid, , , port] = text.split('\n').map(Number);
    return pid ? { pid, port: port || 0 } : undefined;
  }

  /** Removes `postmaster.pid` if another process has the id in it: PostgreSQL does not start then. This can happen after a crash. */
  async removeStalePid(): Promise<void> {
    const holder = await this.holder();
    if (!holder || process.platform !== 'linux') return;
    const folder = await readlink(`/proc/${holder.pid}/cwd`).catch(() => undefined);
    if (folder !== (await realpath(this.cluster))) await rm(join(this.cluster, 'postmaster.pid'), { force: true });
  }

  /** Opens the server's log, and truncates it above `LOG_LIMIT_BYTES`. The caller closes it. */
  async openLog(): Promise<Awaited<ReturnType<typeof open>>> {
    const path = join(this.path, 'postgres.log');
    const size = await stat(path).then((found) => found.size, () => 0); // prettier-ignore
    this.logStart = size > LOG_LIMIT_BYTES ? 0 : size;
    const log = await open(path, size > LOG_LIMIT_BYTES ? 'w' : 'a', 0o600);
    await this.setOwner(path);
    return log;
  }

  /** @returns the last lines that the server wrote since `openLog`, at most eight */
  async lastLogLines(): Promise<string> {
    const text = await readFile(join(this.path, 'postgres.log'), 'utf8').catch(() => '');
    return text.slice(this.logStart).trim().split('\n').slice(-8).join('\n');
  }

  /** The cluster is renamed when it is complete, so an interrupted first start leaves no incomplete cluster. */
  private async initialize(initdb: string, timeoutMs: number): Promise<void> {
    const unfinished = join(this.path, 'cluster.new');
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { mode: 0o700 });
    await this.setOwner(unfinished);
    const login = ['-U', OWNER, '--auth=scram-sha-256', '--pwfile=../password'];
    const run = spawnSync(initdb, ['-D', this.seenFromInside(unfinished), ...login, '-E', 'UTF8', '--locale=C'], {
      ...this.account,
      cwd: unfinished,
      env: serverEnvironment(),
      encoding: 'utf8',
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    if (run.error && 'code' in run.error && run.error.code === 'ETIMEDOUT') {
      const seconds = `${timeoutMs / 1000} seconds`;
      throw new DataFolderError(`PostgreSQL did not initialize its data in ${this.path} within ${seconds}.`);
    }
    if (run.status !== 0) {
      const reason = run.error?.message ?? run.stderr.trim();
      throw explainOutput(this.path, 'PostgreSQL could not initialize its data in', reason);
    }
    await rename(unfinished, this.cluster);
  }

  /** @returns the content of a file in the folder. If it is missing, it is created with mode 0600. */
  private async stored(name: string, make: () => string | Promise<string>): Promise<string> {
    const path = join(this.path, name);
    const known = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      if (error.code !== 'EACCES') throw error;
      throw new DataFolderError(`The data in ${this.path} belongs to another user.`);
    });
    if (known) return known;
    const made = await make();
    await writeFile(path, made, { mode: 0o600 });
    await chmod(path, 0o600);
    await this.setOwner(path);
    return made;
  }

  private async setOwner(path: string): Promise<void> {
    const { uid, gid } = this.account;
    if (uid !== undefined && gid !== undefined) await chown(path, uid, gid);
  }
}

/** The port is below the range for outgoing connections, so it is likely free at the next start too. */
async function freePort(): Promise<string> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    if (await isFree(port)) return String(port);
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
