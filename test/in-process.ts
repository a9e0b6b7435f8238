import { Releases } from '@tidegate/observability';
import { freePort, freshDatabase, type TestDatabase } from '@tidegate/testing';
import { runInOneProcess } from '../apps/standalone/src/in-one-process.js';
import { API_KEY, PATIENT, type Tidegate } from './system.js';

/**
 * The composition of `npm start` in this process, on a database of its own.
 * @param settings beside the usual ones
 * @param makeDatabase makes its database; a migrated one when left out
 */
export async function startInProcess(
  settings: Record<string, string> = {},
  makeDatabase: () => Promise<TestDatabase> = freshDatabase,
): Promise<Tidegate> {
  const database = await makeDatabase();
  const releases = new Releases();
  releases.add(() => database.drop());
  const port = await freePort();
  const baseUrl = `http://127.0.0.1:${port}`;
  const env = {
    DATABASE_URL: database.url,
    TIDEGATE_API_KEY: API_KEY,
    PUBLIC_URL: baseUrl,
    LOG_LEVEL: 'error',
    ...PATIENT,
    ...settings,
  };
  await runInOneProcess(env, { public: port, ops: undefined }, releases);
  return { baseUrl, databaseUrl: database.url, stop: () => releases.release() };
}
