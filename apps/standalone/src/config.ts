import { AMQP_SETTINGS } from '@tidegate/messaging';
import { LOG_LEVELS } from '@tidegate/observability';
import {
  type ConfigOf,
  type Environment,
  httpUrl,
  integer,
  ipAddress,
  oneOf,
  optional,
  port,
  postgresUrl,
  secret,
  text,
} from '@tidegate/runtime';

/** Settings of `npm start`; all have defaults. */
export const SETTINGS = {
  address: ipAddress('LISTEN_ADDRESS', '0.0.0.0'),
  port: port('PORT', 3000),
  /** Port of health and metrics; without it they are not served on a separate port. */
  opsPort: optional(port('OPS_PORT')),
  dataDir: text('TIDEGATE_DATA_DIR', '.tidegate'),
  databaseUrl: optional(postgresUrl('DATABASE_URL')),
  ...AMQP_SETTINGS,
  amqpUrl: optional(AMQP_SETTINGS.amqpUrl),
  publicUrl: optional(httpUrl('PUBLIC_URL')),
  apiKey: optional(secret('TIDEGATE_API_KEY', { minLength: 32, random: true })),
  /** Valid for each service. */
  poolSize: integer('DATABASE_POOL', 10, 100, 12),
  logLevel: oneOf('LOG_LEVEL', LOG_LEVELS, 'warn'),
};

/** @returns the environment of the services: this one, with the configured values instead of `*_FILE` variables */
export function environmentOf(config: ConfigOf<typeof SETTINGS>): Environment {
  const env: Record<string, string | undefined> = { ...process.env, PRINT_FIRST_API_KEY: 'true' };
  for (const [key, { name }] of Object.entries(SETTINGS)) {
    const value = config[key as keyof typeof SETTINGS];
    delete env[`${name}_FILE`];
    env[name] = value === undefined ? undefined : String(value);
  }
  return env;
}
