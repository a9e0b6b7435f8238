import { Releases } from '@tidegate/runtime';
import { freePort, freshDatabase, type TestDatabase } from '@tidegate/testing';
import { runInOneProcess } from '../apps/standalone/src/in-one-process.js';
import { API_KEY, PATIENT, type Tidegate } from './system.js';

/**
 * Starts the system of `npm start` in this process, with its own database.
 * @param settings in addition to the defaults
 * @param makeDatabase creates its database; default a migrated one
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
  await runInOneProcess(env, { address: '127.0.0.1', public: port, ops: undefined }, releases);
  return { baseUrl, databaseUrl: database.url, stop: () => releases.release() };
}
