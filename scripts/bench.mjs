// `npm run bench`: compares Tidegate with simple baselines on this machine and prints a table; see docs/performance.md.
// It starts its own PostgreSQL and RabbitMQ unless DATABASE_URL (an empty database, as its owner) and AMQP_URL are set.
// Arguments select the measurements. With `--cpu-prof=FOLDER` each service writes a CPU profile there. `--flood=NAME`
// selects the floods of `neighbour` whose names start with NAME; it can be repeated.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt, ensureInstalled, fail, root } from './lib/ensure.mjs';

const options = { 'cpu-prof': { type: 'string' }, flood: { type: 'string', multiple: true } };
const { values, positionals } = parseArgs({ options, allowPositionals: true });
const wanted = (name) => positionals.length === 0 || positionals.includes(name);
const isFlood = (name) => !values.flood || values.flood.some((start) => name.startsWith(start));
const profileFolder = values['cpu-prof'] && resolve(values['cpu-prof']);

process.chdir(root);
await ensureInstalled();
await ensureBuilt();
const { startEmbeddedPostgres } = await import('../dist/libs/embedded-postgres/src/index.js');
const { guardProcesses } = await import('../dist/libs/testing/src/guard.js');
const { privateRabbitAvailable, startPrivateRabbit } = await import('../dist/libs/testing/src/rabbitmq.js');
const { measure } = await import('../bench/measure.mjs');

/** Cleanup steps, newest last. */
const cleanups = [];
let exitCode = 1;
try {
  const [databaseUrl, amqpUrl] = [await database(), await broker()];
  await measure({ databaseUrl, amqpUrl, wanted, isFlood, profileFolder, print: (line) => console.log(line) });
  exitCode = 0;
} catch (error) {
  console.error(error.message);
} finally {
  for (const end of cleanups.reverse()) await end().catch((error) => console.error(error.message));
}
process.exit(exitCode);

async function database() {
  if (process.env.DATABASE_URL) return process.env.DATABASE_URL;
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-bench-'));
  chmodSync(folder, 0o711); // when root starts it, PostgreSQL runs as another user and must reach its data
  cleanups.push(async () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres') });
  const release = guardProcesses([server.pid], [folder]);
  cleanups.push(() => server.stop().then(release));
  return server.url;
}

async function broker() {
  if (process.env.AMQP_URL) return process.env.AMQP_URL;
  if (!privateRabbitAvailable()) fail('RabbitMQ is not available. Install rabbitmq-server or Docker, or set AMQP_URL.');
  const rabbit = await startPrivateRabbit();
  cleanups.push(() => rabbit.stop());
  return rabbit.url;
}
