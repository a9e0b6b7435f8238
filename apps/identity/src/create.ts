import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Database, measureOutbox, Relay } from '@tidegate/database';
import { listenFor, type Transport } from '@tidegate/messaging';
import { createLogger, createMetrics, type Metrics, NestLogger } from '@tidegate/observability';
import { Releases } from '@tidegate/runtime';
import { AppModule } from './app.module.js';
import { type IdentityConfig, prefetchFor } from './config.js';
import { ENTITIES } from './entities.js';
import { MIGRATIONS } from './migrations/index.js';

export interface Identity {
  /** Serves health checks and metrics after `listen`. Commands and events are already received before that. */
  app: NestFastifyApplication;
  metrics: Metrics;
  /** Finishes the messages in progress, then closes everything that this service opened. The transport stays open. */
  stop(): Promise<void>;
}

/**
 * Starts identity: migrates its schema, then receives commands and events and publishes its own events.
 * @param options.processMetrics also reports memory and CPU of the process; set it for one service of each process
 * @throws when the database is unavailable; everything is closed then
 */
export async function createIdentity(
  config: IdentityConfig,
  transport: Transport,
  { processMetrics = false }: { processMetrics?: boolean } = {},
): Promise<Identity> {
  const logger = createLogger({ service: 'identity', level: config.logLevel });
  const metrics = createMetrics('identity', { processMetrics });
  const database = await Database.open({
    url: config.databaseUrl,
    schema: 'identity',
    migrations: MIGRATIONS,
    entities: ENTITIES,
    poolSize: config.poolSize,
  });
  measureOutbox(database, metrics);
  const relay = new Relay(database, transport.publisher('identity'), logger, metrics);
  const releases = new Releases();
  releases.add(() => database.close());
  releases.add(() => relay.stop());
  const stop = () => releases.release();
  try {
    const checks = { database: () => database.check(), messaging: () => transport.check() };
    const app = await NestFactory.create<NestFastifyApplication>(
      AppModule.forRoot({ database, metrics, checks }),
      new FastifyAdapter(),
      { logger: new NestLogger(logger), abortOnError: false },
    );
    await app.init();
    releases.add(() => app.close());
    await listenFor(app, transport, 'identity', prefetchFor(config.poolSize), metrics);
    relay.start();
    return { app, metrics, stop };
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}
