import { type Actor, type CommandData, type CommandName, type CommandReply, type Event } from '@tidegate/contracts';
import { Database, JobRunner } from '@tidegate/database';
import { inProcessTransport, listenFor } from '@tidegate/messaging';
import { createLogger, createMetrics, type Metrics } from '@tidegate/observability';
import { freshDatabase, TEST_ACTOR } from '@tidegate/testing';
import { type INestApplication } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import pg from 'pg';
import { AccessFlowModule } from '../src/app.module.js';
import { ENTITIES } from '../src/entities.js';
import { RebuildWorker } from '../src/offboarding/rebuild.worker.js';
import { MIGRATIONS } from '../src/migrations/index.js';
import { Reconciler } from '../src/offboarding/reconciler.worker.js';
import { SCHEMA } from '../src/common/schema.js';
import { DirectoryTarget } from '../src/targets/directory/directory.target.js';
import { DIRECTORY, type LocalTarget, type Target, targetKind } from '../src/grants/target.js';
import { GRANT_END, GRANT_START } from '../src/grants/create-grant.js';
import { jobKinds } from '../src/job-kinds.js';
import { REQUEST_ESCALATE, REQUEST_EXPIRE } from '../src/requests/requests.queries.js';
import { REQUEST_APPROVERS } from '../src/requests/approvers.jobs.js';
import { type IdentityReplies, startTestIdentity } from './identity.js';

type LogLine = Record<string, unknown>;

/** More concurrent commands than in production, for the tests of races. */
const PREFETCH = { commands: 5, urgentCommands: 1, events: 2, urgentEvents: 2 };

/** Commands after which jobs find the approvers of requests. */
const FINDS_APPROVERS: ReadonlySet<CommandName> = new Set(['flows.update', 'owners.set']);

/** The service with its own database, called only by messages. Workers and jobs run only when a test starts them. */
export class TestAccessFlow {
  /** Replies of identity; tests can replace each. */
  readonly identity: IdentityReplies = {
    'users.deactivations': () => ({ changed: [], absent: [] }),
    'groups.states': () => ({ changed: [], absent: [] }),
    'users.statePage': () => ({ items: [], nextCursor: null }),
    'groups.statePage': () => ({ items: [], nextCursor: null }),
    'groups.memberPage': () => ({ found: null }),
  };
  readonly metrics: Metrics = createMetrics('access-flow');
  readonly directoryTarget = new DirectoryTarget();
  /** The target of grants; tests can replace it with a failing one. */
  target: Pick<LocalTarget, 'apply'> = this.directoryTarget;
  /** Actor of the commands; tests can replace it. */
  actor: Actor = TEST_ACTOR;
  database: Database;
  owner: pg.Pool;
  jobs: JobRunner;
  /** Logged errors. */
  readonly errors: LogLine[] = [];
  private readonly transport = inProcessTransport();
  private app: INestApplication;
  private stopIdentity: () => Promise<void>;
  private dropDatabase: () => Promise<void>;

  /**
   * Starts the service for the tests of the enclosing `describe` block or file, and stops it after them.
   * @param target instead of the property `target`
   */
  static use(target?: Target): TestAccessFlow {
    const accessFlow = new TestAccessFlow();
    beforeAll(() => accessFlow.start(target));
    afterAll(() => accessFlow.close());
    return accessFlow;
  }

  private async start(target: Target = this.replaceableTarget()): Promise<void> {
    const fresh = await freshDatabase();
    const { url } = fresh;
    this.dropDatabase = () => fresh.drop();
    const tables = { schema: SCHEMA, migrations: MIGRATIONS, entities: ENTITIES };
    this.database = await Database.open({ url, ...tables, poolSize: 12 });
    this.owner = new pg.Pool({ connectionString: url, max: 2 });
    this.owner.on('error', () => undefined); // dropping the database ends idle connections
    this.stopIdentity = await startTestIdentity(this.transport, this.identity);
    const logger = createLogger({
      service: 'access-flow',
      level: 'error',
      destination: { write: (line) => void this.errors.push(JSON.parse(line) as LogLine) },
    });
    const dependencies = {
      database: this.database,
      client: this.transport.client('access-flow'),
      metrics: this.metrics,
      logger,
      settings: { pendingRequestSeconds: 7 * 86_400 },
    };
    this.jobs = new JobRunner(this.database, jobKinds(this.database, [target], logger), logger, this.metrics);
    const testing = await Test.createTestingModule({ imports: [AccessFlowModule.forRoot(dependencies)] }).compile();
    this.app = testing.createNestApplication(new FastifyAdapter(), { logger: false });
    await listenFor(this.app, this.transport, 'access-flow', PREFETCH, this.metrics);
  }

  private replaceableTarget(): Target {
    return { name: DIRECTORY, apply: (...all) => this.target.apply(...all) };
  }

  private async close(): Promise<void> {
    await this.jobs.stop();
    await this.app.close();
    await this.stopIdentity();
    await this.transport.close();
    await this.database.close();
    await this.owner.end();
    await this.dropDatabase();
  }

  /** Delivers an event to the service, and finds the approvers of requests again. @throws Error with the reason if the service fails to handle it */
  async handleEvent(event: Event): Promise<void> {
    const delivery = await this.transport.publisher('identity').deliver(event, 'access-flow');
    if (delivery.outcome !== 'done') throw new Error(delivery.reason);
    await this.runApprovers();
  }

  /** Sends a command as the gateway does, and finds the approvers of requests that it affects. @throws Refusal */
  async ask<N extends CommandName>(
    integrationIds: string[],
    name: N,
    data: CommandData<N>,
    commandId?: string,
  ): Promise<CommandReply<N>> {
    const options = {
      integrationIds,
      requestId: 'test',
      deadlineAt: Date.now() + 300_000,
      context: { actor: this.actor },
    };
    const client = this.transport.client('gateway');
    const reply = await client.ask(name, { ...options, ...(commandId && { commandId }) }, data);
    if (FINDS_APPROVERS.has(name)) await this.runApprovers();
    return reply;
  }

  runTargets = () => this.jobs.drain(targetKind(DIRECTORY));
  runDeadlines = () => this.jobs.drain(GRANT_START, GRANT_END, REQUEST_ESCALATE, REQUEST_EXPIRE);
  runApprovers = () => this.jobs.drain(REQUEST_APPROVERS);
  rebuild = () => this.app.get(RebuildWorker).drain();
  reconcile = async () => {
    await this.app.get(Reconciler).reconcileOnce();
    await this.runApprovers();
  };

  /** @returns names of the commands and events that failed with other errors than Refusal, even if a repeat succeeded */
  async failures(): Promise<string[]> {
    const measured = await Promise.all([this.metrics.command.get(), this.metrics.event.get()]);
    const failed = measured.flatMap(({ values }) => values).filter(({ labels }) => labels.outcome === 'failed');
    return [...new Set(failed.map(({ labels }) => String(labels.name)))];
  }

  /** Queries as the owner, without row-level security. */
  async rows<Row extends object = Record<string, unknown>>(sql: string, binds: unknown[] = []): Promise<Row[]> {
    return (await this.owner.query<Row>(sql, binds)).rows;
  }

  /** @returns the names of the events of a subject, ordered by version, without notifications */
  async eventNames(subject: string): Promise<string[]> {
    const rows = await this.rows<{ name: string }>(
      `SELECT name FROM access_flow.outbox WHERE subject = $1 AND name <> 'request.notification.due' ORDER BY version`,
      [subject],
    );
    return rows.map((row) => row.name);
  }
}
