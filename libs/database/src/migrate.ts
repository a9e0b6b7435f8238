import { type Service } from '@tidegate/contracts';
import { type Environment, explainStartError, postgresUrl, readConfig, runOnce, StartError } from '@tidegate/runtime';
import { type MigrationInterface } from 'typeorm';
import { Database } from './database.js';
import { migrateAs } from './migrations.js';

/** The settings of a migration. */
export const MIGRATION_SETTINGS = {
  /** As the owner of the database, who can create schemas and roles. No running service needs it. */
  ownerUrl: postgresUrl('MIGRATION_DATABASE_URL'),
  /** The URL of the service, with its role and the role's password. */
  serviceUrl: postgresUrl('DATABASE_URL'),
};

/**
 * The program `migrate.js` of a service. Migrates the schema as the owner, creates the role of the service, and checks
 * that the role can connect. It can be repeated at any time.
 */
export function migrateService(service: Service, migrations: (new () => MigrationInterface)[]): Promise<void> {
  return runOnce(`${service} migrations`, () => migrateSchema(service, migrations, process.env));
}

/**
 * Like `migrateService`, without ending the process.
 * @returns a message for the operator
 * @throws ConfigError, StartError, and errors of the database
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
  if (role === '') throw new StartError('DATABASE_URL names no role. Add the role of the service.');
  if (own.username === owner.username)
    throw new StartError(
      'DATABASE_URL and MIGRATION_DATABASE_URL name the same role: the service needs one of its own.',
    );
  await migrateAs({ url: ownerUrl, schema, migrations }, { role, password: decodeURIComponent(own.password) }).catch(
    (error: unknown) => {
      // The messages name DATABASE_URL; the URL that failed is MIGRATION_DATABASE_URL.
      const message = explainStartError(error, { ...env, DATABASE_URL: ownerUrl, DATABASE_URL_FILE: undefined });
      throw message ? new StartError(message.replace(/\bDATABASE_URL/g, 'MIGRATION_DATABASE_URL')) : error;
    },
  );
  const database = await Database.open({ url: serviceUrl, schema, migrations, poolSize: 1 });
  await database.close();
  return `The schema ${schema} is up to date, and the role ${role} may use it.`;
}
