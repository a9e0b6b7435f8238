import { type Prefetch } from '@tidegate/messaging';
import { LOG_LEVELS } from '@tidegate/observability';
import { type ConfigOf, integer, oneOf, postgresUrl } from '@tidegate/runtime';

/** Environment variables that identity reads in every kind of deployment. */
export const SETTINGS = {
  /** The URL of the database owner. Migrations use it, and create the role that the service runs as. */
  databaseUrl: postgresUrl('DATABASE_URL'),
  /** The number of connections to Postgres; see `prefetchFor`. */
  poolSize: integer('DATABASE_POOL', 8, 200, 12),
  logLevel: oneOf('LOG_LEVEL', LOG_LEVELS, 'info'),
};
export type IdentityConfig = ConfigOf<typeof SETTINGS>;

const URGENT_COMMANDS = 2;
const EVENTS = 1;
const URGENT_EVENTS = 1;
/** For the relay and the readiness check. */
const RESERVED = 2;

/**
 * The number of messages processed at the same time. The numbers are chosen so that no message waits for a database
 * connection, and the urgent lane has its own connections.
 * @param poolSize the number of connections, 8 or more
 */
export function prefetchFor(poolSize: number): Prefetch {
  return {
    commands: poolSize - URGENT_COMMANDS - EVENTS - URGENT_EVENTS - RESERVED,
    urgentCommands: URGENT_COMMANDS,
    events: EVENTS,
    urgentEvents: URGENT_EVENTS,
  };
}
