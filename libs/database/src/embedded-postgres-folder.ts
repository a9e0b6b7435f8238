import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, open, readFile, readlink, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { type Account, serverEnvironment } from './embedded-postgres-binaries.js';

/** Superuser of the cluster; the password stands in the folder's `password` file. */
export const OWNER = 'tidegate_owner';
const LOG_LIMIT_BYTES = 1_000_000;

/** Where one embedded server keeps everything: `cluster/` (the data), `password`, `port`, `postgres.log`. */
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
   * Makes what is missing.
   * @param initdb path of the program that makes a cluster
   * @returns the owner's password
   */
  async prepare(initdb: string): Promise<string> {
    await mkdir(this.path, { recursive: true, mode: 0o700 });
    await this.give(this.path);
    const password = await this.remembered('password', () => randomBytes(24).toString('base64url'));
    if (!existsSync(join(this.cluster, 'PG_VERSION'))) await this.initialize(initdb);
    return password;
  }

  /** The port of last time when it is still free, else another. */
  async port(): Promise<number> {
    const known = Number(await this.remembered('port', freePort));
    if (await isFree(known)) return known;
    const other = await freePort();
    await writeFile(join(this.path, 'port'), other);
    return Number(other);
  }

  /**
   * Under root the server's account may not be able to walk to the data (0700 folders above), but the folder it was
   * started in is always open to it, and this is that folder's name.
   */
  seenFromInside(folder: string): string {
    return this.account.uid !== undefined && process.platform === 'linux' ? '/proc/self/cwd' : folder;
  }

  /** The server that says it holds the data, as it wrote into `postmaster.pid`. It may be long dead. */
  async holder(): Promise<{ pid: number; port: number } | undefined> {
    const text = await readFile(join(this.cluster, 'postmaster.pid'), 'utf8').catch(() => '');
    const [pid, , , port] = text.split('\n').map(Number);
    return pid ? { pid, port: port || 0 } : undefined;
  }

  /** After a crash another process may have got the id in the file, and Postgres would then refuse to start. */
  async forgetDeadHolder(): Promise<void> {
    const holder = await this.holder();
    if (!holder || process.platform !== 'linux') return;
    const itsFolder = await readlink(`/proc/${holder.pid}/cwd`).catch(() => undefined);
    if (itsFolder !== (await realpath(this.cluster))) await rm(join(this.cluster, 'postmaster.pid'), { force: true });
  }

  /** Opens the server's log, emptied when it has grown large. The caller closes it. */
  async openLog(): Promise<Awaited<ReturnType<typeof open>>> {
    const path = join(this.path, 'postgres.log');
    const size = await stat(path).then((found) => found.size, () => 0); // prettier-ignore
    this.logStart = size > LOG_LIMIT_BYTES ? 0 : size;
    const log = await open(path, size > LOG_LIMIT_BYTES ? 'w' : 'a', 0o600);
    await this.give(path);
    return log;
  }

  /** What the server wrote since `openLog`, at most eight lines. */
  async lastLogLines(): Promise<string> {
    const text = await readFile(join(this.path, 'postgres.log'), 'utf8').catch(() => '');
    return text.slice(this.logStart).trim().split('\n').slice(-8).join('\n');
  }

  /** Built beside its place and renamed when whole, so that an interrupted first start leaves no half cluster. */
  private async initialize(initdb: string): Promise<void> {
    const unfinished = join(this.path, 'cluster.new');
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { mode: 0o700 });
    await this.give(unfinished);
    const login = ['-U', OWNER, '--auth=scram-sha-256', '--pwfile=../password'];
    const run = spawnSync(initdb, ['-D', this.seenFromInside(unfinished), ...login, '-E', 'UTF8', '--locale=C'], {
      ...this.account,
      cwd: unfinished,
      env: serverEnvironment(),
      encoding: 'utf8',
    });
    if (run.status !== 0) {
      const reason = run.error?.message ?? run.stderr.trim();
      throw new Error(`Postgres could not set up its data in ${this.path}:\n${reason}`);
    }
    await rename(unfinished, this.cluster);
  }

  /** The content of a small file of ours, made with mode 0600 at first use. */
  private async remembered(name: string, make: () => string | Promise<string>): Promise<string> {
    const path = join(this.path, name);
    const known = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw new Error(`The data in ${this.path} belong to another user.`);
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
}

/** Below the range from which systems take ports for outgoing connections, so that it is likely free next time too. */
async function freePort(): Promise<string> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    if (await isFree(port)) return String(port);
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((answer) => {
    const probe = createServer();
    probe.once('error', () => answer(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => answer(true)));
  });
}
