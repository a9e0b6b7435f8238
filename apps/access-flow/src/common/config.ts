import { LOG_LEVELS, type LogLevel } from '@tidegate/observability';
import { type ConfigOf, integer, oneOf, postgresUrl } from '@tidegate/runtime';

/** Settings of this service: environment variable, allowed values and default. */
export const SETTINGS = {
  databaseUrl: postgresUrl('DATABASE_URL'),
  poolSize: integer('DATABASE_POOL', 10, 100, 12),
  logLevel: oneOf<LogLevel>('LOG_LEVEL', LOG_LEVELS, 'info'),
  /** Days until a request without a review expires. */
  pendingRequestDays: integer('PENDING_REQUEST_DAYS', 1, 90, 7),
};

export type AccessFlowConfig = ConfigOf<typeof SETTINGS>;
