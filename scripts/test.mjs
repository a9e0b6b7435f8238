// `npm test`: runs all suites with its own PostgreSQL and RabbitMQ, and removes them afterwards. DATABASE_URL and AMQP_URL
// select other servers; without them, servers that already run on this machine are not used. Arguments are passed to jest.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, root } from './lib/ensure.mjs';
import { cpuMinutes } from './lib/cpu.mjs';
import { installDebianRabbit } from './lib/debian-rabbit.mjs';

await ensureInstalled();
await ensureBuilt();
const { Database } = await import('../dist/libs/database/src/index.js');
const { startEmbeddedPostgres } = await import('../dist/libs/embedded-postgres/src/index.js');
const { guard, guardProcesses } = await import('../dist/libs/testing/src/guard.js');
const { createTemplate } = await import('../dist/libs/testing/src/postgres.js');
const { brokerAnswers } = await import('../dist/libs/testing/src/broker-answers.js');
const { privateRabbitAvailable, startPrivateRabbit } = await import('../dist/libs/testing/src/rabbitmq.js');

const NO_RABBIT =
  'RabbitMQ is not available: suites that need it are skipped. Install rabbitmq-server or Docker, or set AMQP_URL.';
const GIVEN_TIMEOUT_MS = 10_000;

const folder = mkdtempSync(join(tmpdir(), 'tidegate-test-'));
const releaseFolder = guardProcesses([], [folder]);
/** Cleanup steps, newest last. */
const cleanups = [];
let jest;
let interruptedBy;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    interruptedBy ??= signal;
    // The cleanup below runs when jest has ended.
    if (jest) signalGroup(jest.pid, 'SIGTERM');
  });
}

let exitCode = 1;
/** A summary of passed and failed tests. */
let counts;
try {
  // Both start in parallel, and both must have settled before a failure of one ends the run.
  const started = await Promise.allSettled([database(), broker()]);
  for (const { reason } of started) if (reason) throw reason;
  const [{ databaseUrl, template }, amqpUrl] = started.map(({ value }) => value);
  if (!interruptedBy) exitCode = await runJest(testEnvironment(databaseUrl, template, amqpUrl));
} catch (error) {
  console.error(error.message);
} finally {
  for (const end of cleanups.reverse()) await end().catch((error) => console.error(error.message));
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  releaseFolder();
}
if (!interruptedBy) printCpu();
if (counts) console.log(counts); // must be the last line
process.exit(interruptedBy ? 130 : exitCode);

/** @returns the URL of a server for the tests' databases and roles, and the name of the template database */
async function database() {
  const given = process.env.DATABASE_URL;
  const databaseUrl = given ?? (await ownServer());
  if (given) await connectOnce(given);
  const { name, drop } = await createTemplate(databaseUrl, migrate);
  if (given) {
    // Runs after the other guards, because they end processes that are still connected to the databases.
    const command = [
      'sh',
      '-c',
      'sleep 2; exec "$@"',
      'sh',
      process.execPath,
      join(root, 'scripts/lib/drop-databases.mjs'),
    ];
    const release = guard([...command, name]);
    cleanups.push(() => drop().then(release));
  }
  return { databaseUrl, template: name };
}

/** @returns the URL of a server that is deleted with its data when the run ends */
async function ownServer() {
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), durable: false });
  const release = guardProcesses([server.pid], [folder]);
  cleanups.push(() => server.stop().then(release));
  return server.url;
}

async function connectOnce(connectionString) {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: GIVEN_TIMEOUT_MS });
  await client.connect().catch((error) => {
    throw new Error(`Cannot connect to PostgreSQL at DATABASE_URL: ${error.message || error.code}.`);
  });
  await client.end();
}

/** Migrates the schemas of all services. */
async function migrate(url) {
  for (const app of ['identity', 'access-flow', 'gateway']) {
    const { MIGRATIONS } = await import(`../dist/apps/${app}/src/migrations/index.js`);
    const database = await Database.open({ url, schema: app.replace('-', '_'), migrations: MIGRATIONS, poolSize: 1 });
    await database.close();
  }
}

/** @returns the AMQP URL, or undefined when RabbitMQ is not available */
async function broker() {
  const given = process.env.AMQP_URL;
  if (given) {
    if (await brokerAnswers(given, undefined, GIVEN_TIMEOUT_MS)) return given;
    throw new Error('Cannot log in to RabbitMQ at AMQP_URL.');
  }
  if (!privateRabbitAvailable()) installDebianRabbit();
  if (privateRabbitAvailable()) {
    const rabbit = await startPrivateRabbit();
    cleanups.push(() => rabbit.stop());
    return rabbit.url;
  }
  if (process.env.CI === 'true') throw new Error(`${NO_RABBIT.split(':')[0]}, but CI requires it.`);
  console.log(NO_RABBIT);
  return undefined;
}

/** @returns jest's exit code */
async function runJest(env) {
  const extra = process.argv.slice(2);
  const results = join(folder, 'results.json');
  const own = ['--json', `--outputFile=${results}`];
  if (!extra.some((arg) => /^(--maxWorkers|-w|--runInBand|-i)\b/.test(arg))) own.push('--maxWorkers=2');
  jest = spawn(process.execPath, [join(root, 'node_modules', 'jest', 'bin', 'jest.js'), ...own, ...extra], {
    cwd: root,
    stdio: 'inherit',
    env,
    detached: true, // its workers and their children are ended as one group
  });
  const release = guardProcesses([-jest.pid]);
  const code = await new Promise((ended) => jest.once('exit', (status) => ended(status ?? 1)));
  signalGroup(jest.pid, 'SIGKILL');
  release();
  counts = countsOf(results);
  return code;
}

/** Removes settings of a real installation from the environment, because tests set their own. */
function testEnvironment(databaseUrl, template, amqpUrl) {
  const ours = /^(TIDEGATE_.*|OTEL_.*|(DATABASE_URL|AMQP_URL|PORT|PUBLIC_URL)(_FILE)?)$/;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
  env.TIDEGATE_TEST_DATABASE_URL = databaseUrl;
  env.TIDEGATE_TEST_TEMPLATE = template;
  if (amqpUrl) env.TIDEGATE_TEST_AMQP_URL = amqpUrl;
  return env;
}

/** @returns undefined when jest wrote no results */
function countsOf(results) {
  if (!existsSync(results)) return undefined;
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(results, 'utf8'));
  // A suite that fails to load counts as one failure.
  return `${numPassedTests} passed, ${numFailedTests + numRuntimeErrorTestSuites} failed`;
}

/** Must be called after all children have ended, because only then their CPU time is known. */
function printCpu() {
  const minutes = cpuMinutes();
  if (minutes === undefined) return;
  const others = [process.env.DATABASE_URL && 'PostgreSQL', process.env.AMQP_URL && 'RabbitMQ'].filter(Boolean);
  const without = others.length > 0 ? `, without ${others.join(' and ')}` : '';
  console.log(`${minutes.toFixed(1)} CPU minutes${without}`);
}

function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is empty.
  }
}
