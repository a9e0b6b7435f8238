import { startEmbeddedPostgres } from '@tidegate/database';
import { readConfig, runService, StartError } from '@tidegate/observability';
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { runAsProcesses } from './as-processes.js';
import { SETTINGS } from './config.js';
import { runInOneProcess } from './in-one-process.js';
import { refuseBusyPort } from './port.js';

const say = (line: string) => process.stdout.write(`${line}\n`);

await runService('tidegate', async (releases) => {
  const config = readConfig(process.env, SETTINGS);
  await refuseBusyPort(config.port);
  const env: Record<string, string | undefined> = {
    ...process.env,
    PORT: String(config.port),
    LOG_LEVEL: config.logLevel,
    PRINT_FIRST_API_KEY: 'true',
  };
  let where = 'the database of DATABASE_URL';
  if (!config.databaseUrl) {
    const dataDir = resolve(config.dataDir, 'postgres');
    await mkdir(config.dataDir, { recursive: true });
    const postgres = await startEmbeddedPostgres({ dataDir });
    releases.add(() => postgres.stop());
    env.DATABASE_URL = postgres.url;
    where = `PostgreSQL with its data in ${config.dataDir}`;
  }
  if (config.amqpUrl) {
    await runAsProcesses(env, releases, (service) => {
      throw new StartError(`${service} has ended; the others are stopped.`);
    });
  } else {
    const firstApiKey = await runInOneProcess(env, config.port, releases);
    if (firstApiKey) say(`API key (shown only now): ${firstApiKey}`);
  }
  say(`Tidegate is at http://localhost:${config.port}, on ${where}. Ctrl-C stops it.`);
});
