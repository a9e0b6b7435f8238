// First steps of `npm start`, `npm test` and others, so that a clean clone needs only Node. Uses only Node's own modules.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Folder of the repository. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The oldest supported minor version of each major, as in package.json. Later majors are accepted. */
const OLDEST_NODE = { 20: 19, 22: 13, 24: 11 };
const STAMP = join(root, 'dist', '.sources');

/** Ends the process when Node is too old. */
function ensureNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 24 || minor >= OLDEST_NODE[major]) return;
  const oldest = Object.entries(OLDEST_NODE).map((version) => version.join('.'));
  fail(`Tidegate requires Node ${oldest.join(', ')} or newer, but this is ${process.versions.node}.`);
}

/** Installs the dependencies of package-lock.json unless they are installed. */
export async function ensureInstalled() {
  ensureNode();
  if (isInstalled()) return;
  console.log('installing…');
  // With development dependencies, regardless of NODE_ENV, because the build needs them.
  run(process.platform === 'win32' ? 'npm.cmd' : 'npm', ['ci', '--include=dev', '--no-audit', '--no-fund']);
}

/** Builds into dist/ unless dist/ is up to date with the sources. */
export async function ensureBuilt() {
  const sources = fingerprint();
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === sources) return;
  console.log('building…');
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  run(process.execPath, [join(root, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js'), 'build', '--all']);
  writeFileSync(STAMP, sources);
}

/**
 * Installs, builds and runs an app in this process, so that signals reach it and its exit code is returned. Arguments keep
 * their position.
 * @param program the main file of the app, without `.js`
 */
export async function runApp(app, program = 'main') {
  await ensureInstalled();
  await ensureBuilt();
  const main = join(root, 'dist', 'apps', app, 'src', `${program}.js`);
  if (!existsSync(main)) fail(`The app ${app} does not exist.`);
  process.argv[1] = main;
  await import(pathToFileURL(main));
}

/** Prints one sentence and ends the process with exit code 1. */
export function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}

/** Reads node_modules/.package-lock.json, which npm writes last and so lists only complete packages. */
function isInstalled() {
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const present = packagesOf(join(root, 'node_modules', '.package-lock.json'));
  if (!wanted || !present) return false;
  return Object.entries(wanted).every(([path, { version, integrity, optional, devOptional }]) => {
    const installed = present[path];
    // Packages for other platforms are optional and absent.
    return installed
      ? installed.version === version && installed.integrity === integrity
      : path === '' || optional || devOptional;
  });
}

function packagesOf(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : undefined;
}

/** @returns a hash of the sources and the build configuration */
function fingerprint() {
  const hash = createHash('sha256');
  const files = ['nest-cli.json', 'tsconfig.json', 'package-lock.json', ...sourcesIn('apps'), ...sourcesIn('libs')];
  for (const file of files)
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0');
  return hash.digest('hex');
}

function sourcesIn(folder) {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return ['node_modules', 'dist', 'test'].includes(entry.name) ? [] : sourcesIn(path);
      return entry.name.endsWith('.spec.ts') ? [] : [path];
    });
}

/** Runs a program in the repository without output; when it fails, prints its output and ends the process. */
function run(program, args) {
  const { status, signal, error, stdout, stderr } = spawnSync(program, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 100_000_000,
    shell: program.endsWith('.cmd'), // Windows cannot start .cmd files without a shell
  });
  if (status === 0) return;
  console.error(`${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`.trim());
  process.exit(signal ? 130 : 1);
}
