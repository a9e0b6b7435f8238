import {
  amqpUrl,
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
  dataDir: text('TIDEGATE_DATA_DIR', '.tidegate'),
  databaseUrl: optional(postgresUrl('DATABASE_URL')),
  amqpUrl: optional(amqpUrl('AMQP_URL')),
  publicUrl: optional(httpUrl('PUBLIC_URL')),
  apiKey: optional(secret('TIDEGATE_API_KEY', { minLength: 24 })),
  poolSize: integer('DATABASE_POOL', 8, 200, 12),
  logLevel: oneOf('LOG_LEVEL', LOG_LEVELS, 'warn'),
};
