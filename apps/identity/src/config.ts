import { type Prefetch } from '@tidegate/messaging';
import { type ConfigOf, integer, LOG_LEVELS, oneOf, postgresUrl } from '@tidegate/observability';

/** What identity reads from its environment, wherever it runs. */
export const SETTINGS = {
  /** The database owner's URL: migrations use it and make the role that the service runs as. */
  databaseUrl: postgresUrl('DATABASE_URL'),
  /** Connections to Postgres; see `prefetchFor`. */
  poolSize: integer('DATABASE_POOL', 8, 200, 12),
  logLevel: oneOf('LOG_LEVEL', LOG_LEVELS, 'info'),
};
export type IdentityConfig = ConfigOf<typeof SETTINGS>;

const URGENT_COMMANDS = 2;
const EVENTS = 1;
const URGENT_EVENTS = 1;
/** For the relay and for readiness. */
const RESERVED = 2;

/**
 * How many messages are worked on at once, so that none of them waits for a connection and the urgent lane finds one
 * free whatever the normal one does.
 * @param poolSize 8 or more
 */
export function prefetchFor(poolSize: number): Prefetch {
  return {
    commands: poolSize - URGENT_COMMANDS - EVENTS - URGENT_EVENTS - RESERVED,
    urgentCommands: URGENT_COMMANDS,
    events: EVENTS,
    urgentEvents: URGENT_EVENTS,
  };
}
