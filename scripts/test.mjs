// `npm test`: runs every suite against a PostgreSQL and a RabbitMQ of its own, and leaves nothing behind. DATABASE_URL and
// AMQP_URL name others to use. What happens to listen on this machine is never touched. Arguments go to jest.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, root } from './lib/ensure.mjs';
import { cpuMinutes } from './lib/cpu.mjs';
import { installDebianRabbit } from './lib/debian-rabbit.mjs';

await ensureInstalled();
await ensureBuilt();
const { Database, startEmbeddedPostgres } = await import('../dist/libs/database/src/index.js');
const { guard, guardProcesses } = await import('../dist/libs/testing/src/guard.js');
const { createTemplate } = await import('../dist/libs/testing/src/postgres.js');
const { brokerAnswers } = await import('../dist/libs/testing/src/broker-answers.js');
const { privateRabbitAvailable, startPrivateRabbit } = await import('../dist/libs/testing/src/rabbitmq.js');

const NO_RABBIT =
  'No RabbitMQ can be had here (neither rabbitmq-server nor Docker; AMQP_URL may name one): suites that need one are skipped.';
const GIVEN_TIMEOUT_MS = 10_000;

const folder = mkdtempSync(join(tmpdir(), 'tidegate-test-'));
const releaseFolder = guardProcesses([], [folder]);
/** What ends each thing that runs, newest last. */
const endings = [];
let jest;
let interruptedBy;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    interruptedBy ??= signal;
    // The rest ends when jest has: below, as always.
    if (jest) signalGroup(jest.pid, 'SIGTERM');
  });
}

let exitCode = 1;
try {
  // Both at once, and both are known before either's failure ends the run.
  const started = await Promise.allSettled([database(), broker()]);
  for (const { reason } of started) if (reason) throw reason;
  const [{ databaseUrl, template }, amqpUrl] = started.map(({ value }) => value);
  if (!interruptedBy) exitCode = await runJest(testEnvironment(databaseUrl, template, amqpUrl));
} catch (error) {
  console.error(error.message);
} finally {
  for (const end of endings.reverse()) await end().catch((error) => console.error(error.message));
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  releaseFolder();
}
if (!interruptedBy) printCpu();
process.exit(interruptedBy ? 130 : exitCode);

/** @returns URL of a server where the tests may create databases and roles, and the name of the database that they clone */
async function database() {
  const given = process.env.DATABASE_URL;
  const databaseUrl = given ?? (await ownServer());
  if (given) await connectOnce(given);
  const { name, drop } = await createTemplate(databaseUrl, migrate);
  if (given) {
    // A moment later than the other guards, which end what is still connected.
    const command = [
      'sh',
      '-c',
      'sleep 2; exec "$@"',
      'sh',
      process.execPath,
      join(root, 'scripts/lib/drop-databases.mjs'),
    ];
    const release = guard([...command, name]);
    endings.push(() => drop().then(release));
  }
  return { databaseUrl, template: name };
}

/** @returns URL of a server that is deleted with everything in it when the run ends */
async function ownServer() {
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), durable: false });
  const release = guardProcesses([server.pid], [folder]);
  endings.push(() => server.stop().then(release));
  return server.url;
}

async function connectOnce(connectionString) {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: GIVEN_TIMEOUT_MS });
  await client.connect().catch((error) => {
    throw new Error(`DATABASE_URL does not lead to a PostgreSQL: ${error.message || error.code}.`);
  });
  await client.end();
}

/** Brings the schemas of all services up to date, as each does when it starts. */
async function migrate(url) {
  for (const app of ['identity', 'access-flow', 'gateway']) {
    const { MIGRATIONS } = await import(`../dist/apps/${app}/src/migrations/index.js`);
    const database = await Database.open({ url, schema: app.replace('-', '_'), migrations: MIGRATIONS, poolSize: 1 });
    await database.close();
  }
}

/** @returns AMQP URL, or undefined where no RabbitMQ can be had */
async function broker() {
  const given = process.env.AMQP_URL;
  if (given) {
    if (await brokerAnswers(given, undefined, GIVEN_TIMEOUT_MS)) return given;
    throw new Error('AMQP_URL does not lead to a RabbitMQ that lets us in.');
  }
  if (!privateRabbitAvailable()) installDebianRabbit();
  if (privateRabbitAvailable()) {
    const rabbit = await startPrivateRabbit();
    endings.push(() => rabbit.stop());
    return rabbit.url;
  }
  if (process.env.CI === 'true') throw new Error(`${NO_RABBIT.split(':')[0]}, and in CI that is a failure.`);
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
    detached: true, // its workers and whatever they start are ended as one group
  });
  const release = guardProcesses([-jest.pid]);
  const code = await new Promise((ended) => jest.once('exit', (status) => ended(status ?? 1)));
  signalGroup(jest.pid, 'SIGKILL');
  release();
  printCounts(results);
  return code;
}

/** Settings of a real installation must not reach the tests, which make their own. */
function testEnvironment(databaseUrl, template, amqpUrl) {
  const ours = /^(TIDEGATE_.*|(DATABASE_URL|AMQP_URL|PORT|PUBLIC_URL)(_FILE)?)$/;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
  env.TIDEGATE_TEST_DATABASE_URL = databaseUrl;
  env.TIDEGATE_TEST_TEMPLATE = template;
  if (amqpUrl) env.TIDEGATE_TEST_AMQP_URL = amqpUrl;
  return env;
}

function printCounts(results) {
  if (!existsSync(results)) return;
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(results, 'utf8'));
  // A suite that could not even be loaded counts as one failure.
  console.log(`${numPassedTests} passed, ${numFailedTests + numRuntimeErrorTestSuites} failed`);
}

/** After everything has ended: only then its time is known. */
function printCpu() {
  const minutes = cpuMinutes();
  if (minutes === undefined) return;
  const others = [process.env.DATABASE_URL && 'PostgreSQL', process.env.AMQP_URL && 'RabbitMQ'].filter(Boolean);
  const without = others.length > 0 ? `, without the ${others.join(' and ')} that it was given` : '';
  console.log(`${minutes.toFixed(1)} CPU minutes${without}`);
}

function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody is left in it.
  }
}
