import { type Service } from '@tidegate/contracts';
import {
  type Environment,
  explainStartError,
  postgresUrl,
  readConfig,
  runOnce,
  StartError,
} from '@tidegate/observability';
import { type MigrationInterface } from 'typeorm';
import { Database } from './database.js';
import { migrateAs } from './migrations.js';

/** What the migration of a service reads from its environment. */
export const MIGRATION_SETTINGS = {
  /** The owner of the database, which may create schemas and roles. No running service needs it. */
  ownerUrl: postgresUrl('MIGRATION_DATABASE_URL'),
  /** What the service will connect with: names its role and the role's password. */
  serviceUrl: postgresUrl('DATABASE_URL'),
};

/**
 * The program `migrate.js` of a service: brings its schema up to date as the owner, makes its role, and connects as that
 * role once to see that the service will be able to. It may be run again at any time.
 */
export function migrateService(service: Service, migrations: (new () => MigrationInterface)[]): Promise<void> {
  return runOnce(`${service} migrations`, () => migrateSchema(service, migrations, process.env));
}

/**
 * What `migrateService` does, without ending the process.
 * @returns what was done, in a sentence
 * @throws ConfigError, StartError, and what the database fails with
 */
export async function migrateSchema(
  service: Service,
  migrations: (new () => MigrationInterface)[],
  env: Environment,
): Promise<string> {
  const { ownerUrl, serviceUrl } = readConfig(env, MIGRATION_SETTINGS);
  const schema = service.replaceAll('-', '_');
  const [owner, own] = [ownerUrl, serviceUrl].map((url) => new URL(url)) as [URL, URL];
  const role = decodeURIComponent(own.username);
  if (role === '') throw new StartError('DATABASE_URL names no role: give the one that the service is to run as.');
  if (own.username === owner.username)
    throw new StartError(
      'DATABASE_URL and MIGRATION_DATABASE_URL name the same role: the service needs one of its own.',
    );
  await migrateAs({ url: ownerUrl, schema, migrations }, { role, password: decodeURIComponent(own.password) }).catch(
    (error: unknown) => {
      // The sentences are about DATABASE_URL, which here is the other one.
      const sentence = explainStartError(error, { ...env, DATABASE_URL: ownerUrl, DATABASE_URL_FILE: undefined });
      throw sentence ? new StartError(sentence.replace(/\bDATABASE_URL/g, 'MIGRATION_DATABASE_URL')) : error;
    },
  );
  const database = await Database.open({ url: serviceUrl, schema, migrations, poolSize: 1 });
  await database.close();
  return `The schema ${schema} is up to date, and the role ${role} may use it.`;
}
