// `npm run demo`: starts Tidegate with a temporary data directory, simulates the first day of an organization, and prints
// the results. It uses DATABASE_URL and AMQP_URL if they are set.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ensureBuilt, ensureInstalled } from './lib/ensure.mjs';
import { ProgressBar } from './lib/progress-bar.mjs';

const READY_SECONDS = 120;
const STOP_SECONDS = 30;

await ensureInstalled();
await ensureBuilt();
const { FIRST_DAY_STEPS, playFirstDay, table } = await import('../dist/apps/okta-simulator/src/demo/index.js');

const folder = mkdtempSync(join(tmpdir(), 'tidegate-demo-'));
// When root starts it, PostgreSQL runs as another user and must reach its data, which have their own permissions.
chmodSync(folder, 0o711);
const logFile = join(folder, 'system.log');

const port = await freePort();
const baseUrl = `http://127.0.0.1:${port}`;
const apiKey = randomBytes(32).toString('base64url');
const system = start();
let running = true;
const exited = new Promise((resolve) => {
  for (const end of ['exit', 'error']) system.once(end, resolve);
}).then(() => (running = false));

let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, async () => {
    if (interrupted) return;
    interrupted = true;
    console.log('\nstopping …');
    await stop();
    process.exit(130);
  });
}

let ok = false;
try {
  console.log(`starting Tidegate on ${baseUrl} …`);
  await ready();
  const bar = new ProgressBar(FIRST_DAY_STEPS);
  const day = await playFirstDay({
    baseUrl,
    apiKey,
    // The table at the end contains the results.
    print: (line) => interrupted || (process.stdout.isTTY && line.startsWith('ok ')) || bar.print(line),
    started: (step, finished) => interrupted || bar.show(finished, step),
  });
  bar.end();
  if (interrupted) throw new Error('interrupted');
  console.log(`\n${table(day.rows).join('\n')}\n`);
  for (const each of day.revocations) {
    console.log(
      `${each.userName}, ${each.grants} ${each.grants === 1 ? 'grant' : 'grants'}: revocation decided ` +
        `${each.decidedMilliseconds} ms and ended ${each.endedMilliseconds} ms after the response to Okta`,
    );
  }
  ok = day.ok;
  console.log(ok ? '\nall checks passed' : '\nsome checks FAILED');
} catch (error) {
  if (!interrupted) console.error(error instanceof Error ? error.message : error);
}
if (!interrupted) {
  if (!ok) console.error(`end of the system log:\n${logTail()}`);
  const clean = await stop();
  if (!clean) console.error('the system did not stop cleanly');
  process.exit(ok && clean ? 0 : 1);
}

function start() {
  const log = openSync(logFile, 'a', 0o600);
  const env = {
    ...process.env,
    TIDEGATE_DATA_DIR: join(folder, 'data'),
    TIDEGATE_API_KEY: apiKey,
    PORT: String(port),
    PUBLIC_URL: baseUrl,
  };
  for (const name of ['TIDEGATE_DATA_DIR', 'TIDEGATE_API_KEY', 'PORT', 'PUBLIC_URL']) delete env[`${name}_FILE`];
  const main = fileURLToPath(new URL('../dist/apps/standalone/src/main.js', import.meta.url));
  // A separate process group, so that Ctrl-C reaches the system only through this process.
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', log, log], detached: true });
  child.once('error', (error) => console.error(`the system could not be started: ${error.message}`));
  closeSync(log);
  return child;
}

async function ready() {
  const end = Date.now() + READY_SECONDS * 1000;
  while (Date.now() < end) {
    if (!running) throw new Error('the system ended before it was ready');
    const status = await fetch(`${baseUrl}/readyz`, { signal: AbortSignal.timeout(5_000) }).then(
      (response) => response.status,
      () => undefined,
    );
    if (status === 200) return;
    await sleep(100);
  }
  throw new Error(`the system was not ready within ${READY_SECONDS} seconds`);
}

/** Stops the system and removes its data. @returns whether it ended with exit code 0 */
async function stop() {
  system.kill('SIGTERM');
  const timer = setTimeout(killGroup, STOP_SECONDS * 1000);
  await exited;
  clearTimeout(timer);
  const clean = system.exitCode === 0;
  if (!clean) killGroup();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  return clean;
}

/** Kills processes that are still running in the group: services and the database. */
function killGroup() {
  try {
    process.kill(-system.pid, 'SIGKILL');
  } catch {
    // The group is empty.
  }
}

function logTail() {
  return readFileSync(logFile, 'utf8').split('\n').slice(-40).join('\n');
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port: free } = server.address();
      server.close(() => resolve(free));
    });
  });
}
