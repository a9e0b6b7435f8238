import {
  amqpUrl,
  type ConfigOf,
  integer,
  LOG_LEVELS,
  type LogLevel,
  oneOf,
  port,
  postgresUrl,
} from '@tidegate/observability';

/** Every setting of this service: how it is called in the environment, what it may be, and what stands in for it. */
export const SETTINGS_TABLE = {
  databaseUrl: postgresUrl('DATABASE_URL'),
  databasePool: integer('DATABASE_POOL', 10, 100, 12),
  amqpUrl: amqpUrl('AMQP_URL'),
  opsPort: port('OPS_PORT', 3002),
  logLevel: oneOf<LogLevel>('LOG_LEVEL', LOG_LEVELS, 'info'),
  /** How long a request waits for its review. */
  pendingRequestDays: integer('PENDING_REQUEST_DAYS', 1, 90, 7),
};

export type AccessFlowConfig = Omit<ConfigOf<typeof SETTINGS_TABLE>, 'amqpUrl' | 'opsPort'>;
