import { type ConfigOf, integer, LOG_LEVELS, type LogLevel, oneOf, postgresUrl } from '@tidegate/observability';

/** Every setting of this service: how it is called in the environment, what it may be, and what stands in for it. */
export const SETTINGS = {
  databaseUrl: postgresUrl('DATABASE_URL'),
  poolSize: integer('DATABASE_POOL', 10, 100, 12),
  logLevel: oneOf<LogLevel>('LOG_LEVEL', LOG_LEVELS, 'info'),
  /** How long a request waits for its review. */
  pendingRequestDays: integer('PENDING_REQUEST_DAYS', 1, 90, 7),
};

export type AccessFlowConfig = ConfigOf<typeof SETTINGS>;
