import { type Actor, type CommandData, type CommandName, type CommandReply, type Event } from '@tidegate/contracts';
import { Database } from '@tidegate/database';
import { inProcessTransport, listenFor } from '@tidegate/messaging';
import { createLogger, createMetrics, type Metrics } from '@tidegate/observability';
import { freshDatabase, TEST_ACTOR } from '@tidegate/testing';
import { type INestApplication } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import pg from 'pg';
import { AccessFlowModule } from '../src/app.module.js';
import { DeadlinesWorker } from '../src/deadlines/deadlines.worker.js';
import { RebuildWorker } from '../src/directory/rebuild.worker.js';
import { MIGRATIONS } from '../src/migrations/index.js';
import { Reconciler } from '../src/offboarding/reconciler.worker.js';
import { SCHEMA } from '../src/schema.js';
import { DirectoryTarget } from '../src/targets/directory/directory.target.js';
import { type Target } from '../src/targets/target.js';
import { TargetsWorker } from '../src/targets/targets.worker.js';
import { type Answers, startIdentity } from './identity.js';

type LogLine = Record<string, unknown>;

/** More commands at once than in production: races are what some tests are about. */
const PREFETCH = { commands: 5, urgentCommands: 1, events: 2, urgentEvents: 2 };

/** The service on a database of its own, reached by messages alone; its workers run only when a test says so. */
export class TestAccessFlow {
  /** What identity answers; a test may replace each. */
  readonly identity: Answers = {
    'users.deactivations': () => ({ changed: [], absent: [] }),
    'groups.states': () => ({ changed: [], absent: [] }),
    'users.statePage': () => ({ items: [], nextCursor: null }),
    'groups.statePage': () => ({ items: [], nextCursor: null }),
    'groups.memberPage': () => ({ found: null }),
  };
  readonly metrics: Metrics = createMetrics('access-flow');
  readonly directoryTarget = new DirectoryTarget();
  /** What stands where the directory target stands; a test may make it fail. */
  target: { apply: Target['apply'] } = this.directoryTarget;
  /** Who sends the commands; a test may say who. */
  actor: Actor = TEST_ACTOR;
  database: Database;
  owner: pg.Pool;
  /** What was logged as an error. */
  readonly errors: LogLine[] = [];
  private readonly transport = inProcessTransport();
  private app: INestApplication;
  private stopIdentity: () => Promise<void>;
  private dropDatabase: () => Promise<void>;

  static async open(): Promise<TestAccessFlow> {
    const accessFlow = new TestAccessFlow();
    const fresh = await freshDatabase();
    const { url } = fresh;
    accessFlow.dropDatabase = () => fresh.drop();
    accessFlow.database = await Database.open({ url, schema: SCHEMA, migrations: MIGRATIONS, poolSize: 12 });
    accessFlow.owner = new pg.Pool({ connectionString: url, max: 2 });
    accessFlow.owner.on('error', () => undefined); // dropping the database ends idle connections
    accessFlow.stopIdentity = await startIdentity(accessFlow.transport, accessFlow.identity);
    const target: Target = { name: 'directory', apply: (...all) => accessFlow.target.apply(...all) };
    const parts = {
      database: accessFlow.database,
      client: accessFlow.transport.client('access-flow'),
      metrics: accessFlow.metrics,
      logger: createLogger({
        service: 'access-flow',
        level: 'error',
        destination: { write: (line) => void accessFlow.errors.push(JSON.parse(line) as LogLine) },
      }),
      settings: { pendingRequestSeconds: 7 * 86_400 },
      targets: [target],
    };
    const testing = await Test.createTestingModule({ imports: [AccessFlowModule.forRoot(parts)] }).compile();
    accessFlow.app = testing.createNestApplication(new FastifyAdapter(), { logger: false });
    await listenFor(accessFlow.app, accessFlow.transport, 'access-flow', PREFETCH, accessFlow.metrics);
    return accessFlow;
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.stopIdentity();
    await this.transport.close();
    await this.database.close();
    await this.owner.end();
    await this.dropDatabase();
  }

  /** Delivers an event to the service. @throws Error with the reason when the service does not take it */
  async handleEvent(event: Event): Promise<void> {
    const delivery = await this.transport.publisher('identity').deliver(event, 'access-flow');
    if (delivery.outcome !== 'done') throw new Error(delivery.reason);
  }

  /** Sends a command as the gateway does. @throws Refusal */
  ask<N extends CommandName>(
    integrationIds: string[],
    name: N,
    data: CommandData<N>,
    commandId?: string,
  ): Promise<CommandReply<N>> {
    const asking = {
      integrationIds,
      requestId: 'test',
      deadlineAt: Date.now() + 300_000,
      context: { actor: this.actor },
    };
    return this.transport.client('gateway').ask(name, { ...asking, ...(commandId && { commandId }) }, data);
  }

  settleTargets = () => this.app.get(TargetsWorker).drain();
  meetDeadlines = () => this.app.get(DeadlinesWorker).drain();
  rebuild = () => this.app.get(RebuildWorker).drain();
  reconcile = () => this.app.get(Reconciler).reconcileOnce();

  /** Names of the commands and events that failed otherwise than by a refusal; a client may have repeated them with success. */
  async failures(): Promise<string[]> {
    const measured = await Promise.all([this.metrics.command.get(), this.metrics.event.get()]);
    const failed = measured.flatMap(({ values }) => values).filter(({ labels }) => labels.outcome === 'failed');
    return [...new Set(failed.map(({ labels }) => String(labels.name)))];
  }

  /** Rows as the owner sees them, beyond row-level security. */
  async rows<Row extends object = Record<string, unknown>>(sql: string, binds: unknown[] = []): Promise<Row[]> {
    return (await this.owner.query<Row>(sql, binds)).rows;
  }

  /** Names of the events told of a subject, in the order of its versions. */
  async told(subject: string): Promise<string[]> {
    const rows = await this.rows<{ name: string }>(
      `SELECT name FROM access_flow.outbox WHERE subject = $1 ORDER BY version`,
      [subject],
    );
    return rows.map((row) => row.name);
  }
}
