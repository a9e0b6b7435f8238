import { NestFactory } from '@nestjs/core';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Database, measureOutbox, Relay } from '@tidegate/database';
import { listenFor, type Transport } from '@tidegate/messaging';
import { createLogger, createMetrics, type Logger, type Metrics, NestLogger } from '@tidegate/observability';
import { createOpsApp, Readiness, Releases } from '@tidegate/runtime';
import { type FastifyInstance } from 'fastify';
import { ApiModule } from './api/api.module.js';
import { describeApi } from './api/openapi/openapi.js';
import { OpenApi } from './api/openapi/openapi.controller.js';
import { AppModule } from './app.module.js';
import { ProvisioningLog } from './activity/provisioning-log.service.js';
import { ApiKeys } from './auth/api-keys.service.js';
import { Callers } from './credentials/callers.service.js';
import { type GatewayConfig } from './config/config.js';
import { ENTITIES } from './entities.js';
import { limitConnections } from './server/connections.limiter.js';
import { createAdapter, type RegisteredRoute } from './server/adapter.js';
import { ErrorFilter } from './server/error.filter.js';
import { measureBodies, readInBlocks } from './server/body-size.js';
import { limitLongBodies } from './server/long-bodies.js';
import { addHooks, prepareRequests } from './server/hooks.js';
import { addProvisioningLog } from './activity/provisioning-log.hook.js';
import { limitUnreadBodies } from './server/unread-bodies.js';
import { limitUnsentResponses } from './server/unsent-responses.js';
import { CallCounts } from './integrations/call-counts.service.js';
import { MIGRATIONS } from './migrations/index.js';
import { AdmissionControl } from './limits/admission-control.limiter.js';
import { openSecrets } from './config/secrets.js';
import { workersOf } from './workers.js';

/** The gateway receives no commands, and only urgent events. */
const PREFETCH = { commands: 1, urgentCommands: 1, events: 1, urgentEvents: 2 };

/** Objects that a process with several services shares with the gateway. */
export interface GatewayOptions {
  logger?: Logger;
  /** Additional metrics for /metrics. */
  metrics?: readonly Metrics[];
  /** Additional checks of /readyz. */
  checks?: Readonly<Record<string, () => Promise<void>>>;
}

export interface Gateway {
  app: NestFastifyApplication;
  /** Completes the requests in progress, then closes everything except the transport. */
  stop(): Promise<void>;
  /** As `ApiKeys.createFirst`. To be called when the port is open, so that a start that fails replaces no key. */
  createFirstApiKey(): Promise<string | undefined>;
  /** Serves health and metrics without authentication. The caller starts it on an internal port. */
  ops: NestFastifyApplication;
  /** All registered routes. */
  routes: readonly RegisteredRoute[];
}

/**
 * Creates the HTTP server: SCIM, OAuth, login and /api/v1. The caller starts it.
 * @param transport connects it to the other services; stays open when the gateway stops
 * @throws StartError when its secrets are encrypted with another key; Error when the database is unreachable
 */
export async function createGateway(
  config: GatewayConfig,
  transport: Transport,
  options: GatewayOptions = {},
): Promise<Gateway> {
  const logger = options.logger ?? createLogger({ service: 'gateway', level: config.logLevel });
  const metrics = createMetrics('gateway', { processMetrics: true });
  const database = await Database.open({
    url: config.databaseUrl,
    schema: 'gateway',
    migrations: MIGRATIONS,
    entities: ENTITIES,
    poolSize: config.poolSize,
  });
  measureOutbox(database, metrics);
  const relay = new Relay(database, transport.publisher('gateway'), logger, metrics);
  const allMetrics = [metrics, ...(options.metrics ?? [])];
  const releases = new Releases();
  releases.add(() => database.close());
  releases.add(() => relay.stop());
  const routes: RegisteredRoute[] = [];
  const errors = new ErrorFilter(logger);
  const adapter = createAdapter({
    trustProxy: config.trustProxy,
    onUnroutable: (error, request, reply) => errors.respond(error, request, reply),
    routes,
  });
  try {
    const secrets = await openSecrets(database, config);
    const app = await NestFactory.create<NestFastifyApplication>(
      AppModule.register({
        config,
        database,
        secrets,
        commands: transport.client('gateway'),
        logger,
        metrics: allMetrics,
        ownMetrics: metrics,
        // No check of the database or broker: without them the gateway responds with 429, which Okta retries. If a load
        // balancer removed the gateway, callers would get 503, which Okta does not retry.
        checks: options.checks ?? {},
        shownChecks: { database: () => database.check(), messaging: () => transport.check() },
      }),
      adapter,
      { logger: new NestLogger(logger), abortOnError: false, bodyParser: false },
    );
    const ops = await createOpsApp({ metrics: allMetrics, checks: app.get(Readiness) });
    const workers = workersOf(app);
    releases.add(() => Promise.all(workers.map((worker) => worker.stop())));
    releases.add(() => ops.close());
    releases.add(() => app.close());
    app.useGlobalFilters(errors);
    app.get(OpenApi).write = () => describeApi(app, ApiModule);
    const fastify: FastifyInstance = adapter.getInstance();
    prepareRequests(fastify, { logger, publicUrl: config.publicUrl });
    limitConnections(fastify, {
      max: config.maxConnections,
      maxPerClient: config.maxConnectionsPerAddress,
      behindProxy: config.trustProxy,
      logger,
    });
    addHooks(fastify, {
      callers: app.get(Callers),
      callCounts: app.get(CallCounts),
      metrics,
    });
    measureBodies(fastify);
    limitUnreadBodies(fastify, app.get(AdmissionControl));
    limitLongBodies(fastify);
    readInBlocks(fastify);
    limitUnsentResponses(fastify, app.get(AdmissionControl), config.responseIdleSeconds);
    addProvisioningLog(fastify, app.get(ProvisioningLog), secrets);
    await app.init();
    await listenFor(app, transport, 'gateway', PREFETCH, metrics);
    relay.start();
    for (const worker of workers) worker.start();
    return {
      app,
      routes,
      ops,
      createFirstApiKey: () => app.get(ApiKeys).createFirst(),
      stop: () => releases.release(),
    };
  } catch (error) {
    await releases.release().catch(() => undefined);
    throw error;
  }
}
