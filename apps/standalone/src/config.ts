import { AMQP_SETTINGS } from '@tidegate/messaging';
import {
  type ConfigOf,
  type Environment,
  httpUrl,
  integer,
  LOG_LEVELS,
  oneOf,
  optional,
  port,
  postgresUrl,
  secret,
  text,
} from '@tidegate/observability';

/** What `npm start` reads from its environment; everything has a default. */
export const SETTINGS = {
  port: port('PORT', 3000),
  /** Of health and metrics; without one they have no port of their own. */
  opsPort: optional(port('OPS_PORT')),
  dataDir: text('TIDEGATE_DATA_DIR', '.tidegate'),
  databaseUrl: optional(postgresUrl('DATABASE_URL')),
  ...AMQP_SETTINGS,
  amqpUrl: optional(AMQP_SETTINGS.amqpUrl),
  publicUrl: optional(httpUrl('PUBLIC_URL')),
  apiKey: optional(secret('TIDEGATE_API_KEY', { minLength: 32, random: true })),
  /** Fits each of the services. */
  poolSize: integer('DATABASE_POOL', 10, 100, 12),
  logLevel: oneOf('LOG_LEVEL', LOG_LEVELS, 'warn'),
};

/** @returns the environment of the services: ours, with the values that were read in place of the files that held them */
export function environmentOf(config: ConfigOf<typeof SETTINGS>): Environment {
  const env: Record<string, string | undefined> = { ...process.env, PRINT_FIRST_API_KEY: 'true' };
  for (const [key, { name }] of Object.entries(SETTINGS)) {
    const value = config[key as keyof typeof SETTINGS];
    delete env[`${name}_FILE`];
    env[name] = value === undefined ? undefined : String(value);
  }
  return env;
}
