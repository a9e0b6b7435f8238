import { type Prefetch } from '@tidegate/messaging';
import { amqpUrl, integer, LOG_LEVELS, type LogLevel, oneOf, port, postgresUrl } from '@tidegate/observability';

/** What identity needs to run, wherever it runs. */
export interface IdentityConfig {
  /** The database owner's URL: migrations use it and make the role that the service runs as. */
  databaseUrl: string;
  /** Connections to Postgres; see `prefetchFor`. */
  poolSize: number;
  logLevel: LogLevel;
  /** Reports memory and CPU of the process too: for one service of each process. */
  processMetrics?: boolean;
}

/** What the process reads from its environment. */
export const SETTINGS = {
  databaseUrl: postgresUrl('DATABASE_URL'),
  poolSize: integer('DATABASE_POOL', 8, 200, 12),
  logLevel: oneOf('LOG_LEVEL', LOG_LEVELS, 'info'),
  amqpUrl: amqpUrl('AMQP_URL'),
  opsPort: port('OPS_PORT', 3001),
};

const URGENT_COMMANDS = 2;
const FACTS = 1;
const URGENT_FACTS = 1;
/** For the relay and for readiness. */
const RESERVED = 2;

/**
 * How many messages are worked on at once, so that none of them waits for a connection and the urgent lane finds one
 * free whatever the normal one does.
 * @param poolSize 8 or more
 */
export function prefetchFor(poolSize: number): Prefetch {
  return {
    commands: poolSize - URGENT_COMMANDS - FACTS - URGENT_FACTS - RESERVED,
    urgentCommands: URGENT_COMMANDS,
    facts: FACTS,
    urgentFacts: URGENT_FACTS,
  };
}
