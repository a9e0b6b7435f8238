import { type Actor, type CommandData, type CommandName, type CommandReply, type Fact } from '@tidegate/contracts';
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
import { MIGRATIONS } from '../src/migrations/index.js';
import { Reconciler } from '../src/offboarding/reconciler.worker.js';
import { SCHEMA } from '../src/schema.js';
import { DirectoryTarget } from '../src/targets/directory/directory.target.js';
import { type Target } from '../src/targets/target.js';
import { TargetsWorker } from '../src/targets/targets.worker.js';
import { type Answers, startIdentity } from './identity.js';

type LogLine = Record<string, unknown>;

/** More commands at once than in production: races are what some tests are about. */
const PREFETCH = { commands: 5, urgentCommands: 1, facts: 2, urgentFacts: 2 };

/** The service on a database of its own, reached by messages alone; its workers run only when a test says so. */
export class House {
  /** What identity answers; a test may replace each. */
  readonly identity: Answers = {
    'users.deactivations': () => ({ changed: [], absent: [] }),
    'groups.states': () => ({ changed: [], absent: [] }),
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

  static async open(): Promise<House> {
    const house = new House();
    const fresh = await freshDatabase();
    const { url } = fresh;
    house.dropDatabase = () => fresh.drop();
    house.database = await Database.open({ url, schema: SCHEMA, migrations: MIGRATIONS, poolSize: 12 });
    house.owner = new pg.Pool({ connectionString: url, max: 2 });
    house.owner.on('error', () => undefined); // dropping the database ends idle connections
    house.stopIdentity = await startIdentity(house.transport, house.identity);
    const target: Target = { name: 'directory', apply: (...all) => house.target.apply(...all) };
    const parts = {
      database: house.database,
      client: house.transport.client('access-flow'),
      metrics: house.metrics,
      logger: createLogger({
        service: 'access-flow',
        level: 'error',
        destination: { write: (line) => void house.errors.push(JSON.parse(line) as LogLine) },
      }),
      settings: { pendingRequestSeconds: 7 * 86_400 },
      targets: [target],
    };
    const testing = await Test.createTestingModule({ imports: [AccessFlowModule.forRoot(parts)] }).compile();
    house.app = testing.createNestApplication(new FastifyAdapter(), { logger: false });
    await listenFor(house.app, house.transport, 'access-flow', PREFETCH, house.metrics);
    return house;
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
  async hear(fact: Fact): Promise<void> {
    const delivery = await this.transport.publisher('identity').deliver(fact, 'access-flow');
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
  reconcile = () => this.app.get(Reconciler).reconcileOnce();

  /** Names of the commands and events that failed otherwise than by a refusal; a client may have repeated them with success. */
  async failures(): Promise<string[]> {
    const measured = await Promise.all([this.metrics.command.get(), this.metrics.fact.get()]);
    const failed = measured.flatMap(({ values }) => values).filter(({ labels }) => labels.outcome === 'failed');
    return [...new Set(failed.map(({ labels }) => String(labels.name)))];
  }

  /** Rows as the owner sees them, beyond row-level security. */
  async rows<Row extends object = Record<string, unknown>>(sql: string, binds: unknown[] = []): Promise<Row[]> {
    return (await this.owner.query<Row>(sql, binds)).rows;
  }

  /** Names of the facts told of a subject, in the order of its versions. */
  async told(subject: string): Promise<string[]> {
    const rows = await this.rows<{ name: string }>(
      `SELECT name FROM access_flow.outbox WHERE subject = $1 ORDER BY version`,
      [subject],
    );
    return rows.map((row) => row.name);
  }
}
