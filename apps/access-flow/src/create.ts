import { Database, JobRunner, measureOutbox, Relay } from '@tidegate/database';
import { listenFor, type Transport } from '@tidegate/messaging';
import { createLogger, createMetrics, type Metrics, NestLogger } from '@tidegate/observability';
import { OpsModule, Releases } from '@tidegate/runtime';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AccessFlowModule } from './app.module.js';
import { type AccessFlowConfig } from './common/config.js';
import { ENTITIES } from './entities.js';
import { RebuildWorker } from './offboarding/rebuild.worker.js';
import { GAUGES, readGauges } from './gauges.queries.js';
import { jobKinds } from './job-kinds.js';
import { MIGRATIONS } from './migrations/index.js';
import { Reconciler } from './offboarding/reconciler.worker.js';
import { SCHEMA } from './common/schema.js';
import { DirectoryTarget } from './targets/directory/directory.target.js';

const SERVICE = 'access-flow';
/** Uses at most eight connections of the pool; relay, jobs and workers use the others. */
const PREFETCH = { commands: 2, urgentCommands: 1, events: 2, urgentEvents: 3 };

@Module({})
class Root {}

/**
 * Starts the service: migrates its schema, subscribes to its commands and events, and starts its workers.
 *
 * @returns the application, not listening yet (it serves health and metrics), and `stop`, which finishes running work
 * and leaves the transport open
 * @throws when the database or the transport can't be reached; all resources are released first
 */
export async function createAccessFlow(
  config: AccessFlowConfig,
  transport: Transport,
  { processMetrics = false }: { processMetrics?: boolean } = {},
): Promise<{ app: NestFastifyApplication; metrics: Metrics; stop(): Promise<void> }> {
  const { databaseUrl: url, poolSize, logLevel: level } = config;
  const database = await Database.open({ url, schema: SCHEMA, migrations: MIGRATIONS, entities: ENTITIES, poolSize });
  const releases = new Releases();
  releases.add(() => database.close());
  const stop = () => releases.release();
  try {
    const logger = createLogger({ service: SERVICE, level });
    const metrics = createMetrics(SERVICE, { processMetrics });
    metrics.collect(GAUGES, () => readGauges(database));
    measureOutbox(database, metrics);
    const dependencies = {
      database,
      client: transport.client(SERVICE),
      metrics,
      logger,
      settings: { pendingRequestSeconds: config.pendingRequestDays * 86_400 },
    };
    const checks = { database: () => database.check(), messaging: () => transport.check() };
    const app = await NestFactory.create<NestFastifyApplication>(
      { module: Root, imports: [AccessFlowModule.forRoot(dependencies), OpsModule.forRoot({ metrics, checks })] },
      new FastifyAdapter(),
      { logger: new NestLogger(logger), abortOnError: false },
    );
    const relay = new Relay(database, transport.publisher(SERVICE), logger, metrics);
    const jobs = new JobRunner(database, jobKinds(database, [new DirectoryTarget()], logger), logger, metrics);
    const workers = [jobs, app.get(Reconciler).worker, app.get(RebuildWorker).worker];
    releases.add(() => relay.stop());
    releases.add(() => Promise.all(workers.map((worker) => worker.stop())));
    releases.add(() => app.close());
    await app.init();
    await listenFor(app, transport, SERVICE, PREFETCH, metrics);
    relay.start();
    for (const worker of workers) worker.start();
    return { app, metrics, stop };
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}
