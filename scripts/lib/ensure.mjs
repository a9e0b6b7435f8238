// What `npm start`, `npm test` and the like do first, so that a clean clone needs nothing but Node. Node's own modules only.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Folder of the repository. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The oldest minor version of each major that is supported, as in package.json. Later majors are taken. */
const OLDEST_NODE = { 20: 19, 22: 13, 24: 11 };
const STAMP = join(root, 'dist', '.sources');

/** Ends the process when Node is too old. */
function ensureNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 24 || minor >= OLDEST_NODE[major]) return;
  const oldest = Object.entries(OLDEST_NODE).map((version) => version.join('.'));
  fail(`Tidegate needs Node ${oldest.join(', ')} or newer; this is ${process.versions.node}.`);
}

/** Installs the dependencies of package-lock.json unless they are there. */
export async function ensureInstalled() {
  ensureNode();
  if (isInstalled()) return;
  console.log('installing…');
  // Development dependencies too, whatever NODE_ENV says: the build needs them.
  run(process.platform === 'win32' ? 'npm.cmd' : 'npm', ['ci', '--include=dev', '--no-audit', '--no-fund']);
}

/** Builds into dist/ unless dist/ was built from these very sources. */
export async function ensureBuilt() {
  const sources = fingerprint();
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === sources) return;
  console.log('building…');
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  run(process.execPath, [join(root, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js'), 'build', '--all']);
  writeFileSync(STAMP, sources);
}

/**
 * Makes everything ready and becomes that app: its program runs in this process, so that signals and the exit code are its
 * own. Arguments stay where it looks for them.
 * @param program the file of the app that runs, without `.js`
 */
export async function runApp(app, program = 'main') {
  await ensureInstalled();
  await ensureBuilt();
  const main = join(root, 'dist', 'apps', app, 'src', `${program}.js`);
  if (!existsSync(main)) fail(`There is no app ${app}.`);
  process.argv[1] = main;
  await import(pathToFileURL(main));
}

/** Ends the process with one sentence. */
export function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}

/** npm writes node_modules/.package-lock.json last, so it tells what is wholly installed. */
function isInstalled() {
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const present = packagesOf(join(root, 'node_modules', '.package-lock.json'));
  if (!wanted || !present) return false;
  return Object.entries(wanted).every(([path, { version, integrity, optional, devOptional }]) => {
    const found = present[path];
    // Packages for other platforms are optional and absent.
    return found ? found.version === version && found.integrity === integrity : path === '' || optional || devOptional;
  });
}

function packagesOf(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : undefined;
}

/** One hash over what goes into the build, and over what builds it. */
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

/** Runs a program in the repository and stays quiet; when it fails, prints what it said and ends the process. */
function run(program, args) {
  const { status, signal, error, stdout, stderr } = spawnSync(program, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 100_000_000,
    shell: program.endsWith('.cmd'), // Windows starts those in no other way
  });
  if (status === 0) return;
  console.error(`${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`.trim());
  process.exit(signal ? 130 : 1);
}
