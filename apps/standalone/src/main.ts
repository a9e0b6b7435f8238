import { DataFolderError, startEmbeddedPostgres } from '@tidegate/embedded-postgres';
import { createLogger, logLevelOf } from '@tidegate/observability';
import { readConfig, type Releases, runService, StartError } from '@tidegate/runtime';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { environmentOfArguments, HELP } from './arguments.rule.js';
import { runAsProcesses } from './as-processes.js';
import { environmentOf, SETTINGS } from './config.js';
import { localUrl } from './local-url.rule.js';
import { runInOneProcess } from './in-one-process.js';
import { refuseBusyPort, refuseUnreachable } from './reachable.js';

const print = (line: string) => process.stdout.write(`${line}\n`);

/** Logs warnings and errors by default; messages about the start are printed as plain text. */
const logger = createLogger({ service: 'tidegate', level: logLevelOf(process.env, 'warn') });

const args = process.argv.slice(2);

if (args.includes('--help')) print(HELP);
else if (args.includes('--version')) print(version());
else await runService('tidegate', start, { logger });

async function start(releases: Releases): Promise<void> {
  const config = readConfig({ ...process.env, ...environmentOfArguments(args) }, SETTINGS);
  await refuseBusyPort(config.port, config.address);
  let databaseUrl = config.databaseUrl;
  let storage = 'the database of DATABASE_URL';
  if (!databaseUrl) {
    const dataDir = resolve(config.dataDir, 'postgres');
    const postgres = await startEmbeddedPostgres({ dataDir }).catch(explain);
    releases.add(() => postgres.stop());
    databaseUrl = postgres.url;
    storage = `PostgreSQL with its data in ${config.dataDir}`;
  }
  const env = environmentOf({ ...config, databaseUrl });
  if (config.amqpUrl) {
    await refuseUnreachable(databaseUrl, config.amqpUrl, config.amqpPrefix);
    await runAsProcesses(env, releases, (service) => {
      throw new StartError(`${service} exited unexpectedly. The other services are stopped. See its log above.`);
    });
  } else {
    const listen = { address: config.address, public: config.port, ops: config.opsPort };
    const firstApiKey = await runInOneProcess(env, listen, releases);
    if (firstApiKey) print(`API key (shown only now): ${firstApiKey}`);
  }
  print(`Tidegate is running at ${config.publicUrl ?? localUrl(config)} on ${storage}. Press Ctrl-C to stop it.`);
}

/** @throws StartError for a fault of the data folder, which an operator can fix */
function explain(error: unknown): never {
  throw error instanceof DataFolderError ? new StartError(error.message) : error;
}

function version(): string {
  const manifest = readFileSync(join(import.meta.dirname, '..', '..', '..', '..', 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
