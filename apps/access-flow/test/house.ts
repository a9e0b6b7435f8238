import { type Command, type CommandData, type CommandName, type CommandReply, type Fact } from '@tidegate/contracts';
import { Database } from '@tidegate/database';
import { type CommandClient } from '@tidegate/messaging';
import { createLogger, createMetrics, type Metrics } from '@tidegate/observability';
import { freshDatabase, TEST_ACTOR } from '@tidegate/testing';
import { Test, type TestingModule } from '@nestjs/testing';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { AccessFlowModule } from '../src/app.module.js';
import { DeadlinesWorker } from '../src/deadlines/deadlines.worker.js';
import { DirectoryController } from '../src/directory/directory.controller.js';
import { MembershipsController } from '../src/directory/memberships.controller.js';
import { FlowsController } from '../src/flows/flows.controller.js';
import { GrantsController } from '../src/grants/grants.controller.js';
import { MIGRATIONS } from '../src/migrations/index.js';
import { Reconciler } from '../src/offboarding/reconciler.worker.js';
import { RequestsController } from '../src/requests/requests.controller.js';
import { SCHEMA } from '../src/schema.js';
import { DirectoryTarget } from '../src/targets/directory/directory.target.js';
import { type Target } from '../src/targets/target.js';
import { TargetsWorker } from '../src/targets/targets.worker.js';

type Deactivations = CommandReply<'users.deactivations'>;

/** The service on a database of its own, reached as messages reach it; its workers run only when a test says so. */
export class House {
  /** What identity answers to `users.deactivations`; a test may replace it. */
  identityAnswers: (data: CommandData<'users.deactivations'>, integrationIds: string[]) => Deactivations = () => ({
    changed: [],
    absent: [],
  });
  /** What identity answers to `groups.states`. */
  identityKnows: (data: CommandData<'groups.states'>, integrationIds: string[]) => CommandReply<'groups.states'> =
    () => ({ changed: [], absent: [] });
  readonly metrics: Metrics = createMetrics('access-flow');
  readonly directoryTarget = new DirectoryTarget();
  /** What stands where the directory target stands; a test may make it fail. */
  target: { apply: Target['apply'] } = this.directoryTarget;
  database: Database;
  owner: pg.Pool;
  private module: TestingModule;
  private dropDatabase: () => Promise<void>;

  static async open(): Promise<House> {
    const house = new House();
    const fresh = await freshDatabase();
    const { url } = fresh;
    house.dropDatabase = () => fresh.drop();
    house.database = await Database.open({ url, schema: SCHEMA, migrations: MIGRATIONS, poolSize: 12 });
    house.owner = new pg.Pool({ connectionString: url, max: 2 });
    house.owner.on('error', () => undefined); // dropping the database ends idle connections
    const answers: Record<string, (data: never, integrationIds: string[]) => unknown> = {
      'users.deactivations': (data, ids) => house.identityAnswers(data, ids),
      'groups.states': (data, ids) => house.identityKnows(data, ids),
    };
    const client = {
      ask: async (name: string, asking: { integrationIds: string[] }, data: never) =>
        answers[name]!(data, asking.integrationIds),
    } as unknown as CommandClient;
    const target: Target = { name: 'directory', apply: (...all) => house.target.apply(...all) };
    const parts = {
      database: house.database,
      client,
      metrics: house.metrics,
      logger: createLogger({ service: 'access-flow', level: 'silent' }),
      settings: { pendingRequestSeconds: 7 * 86_400 },
      targets: [target],
    };
    house.module = await Test.createTestingModule({ imports: [AccessFlowModule.forRoot(parts)] }).compile();
    return house;
  }

  async close(): Promise<void> {
    await this.module.close();
    await this.database.close();
    await this.owner.end();
    await this.dropDatabase();
  }

  async hear(fact: Fact): Promise<void> {
    const controller = this.module.get(DirectoryController);
    if (fact.name === 'group.members.changed') return controller.hearMembers(fact as Fact<'group.members.changed'>);
    if (fact.name.startsWith('user.')) return controller.hearUser(fact as Fact<'user.updated'>);
    if (fact.name.startsWith('group.')) return controller.hearGroup(fact as Fact<'group.created'>);
    return controller.hearIntegration(fact as Fact<'integration.created'>);
  }

  async send<N extends CommandName>(command: Command<N>): Promise<CommandReply<N>> {
    const [noun, verb] = command.name.split('.') as [string, string];
    const controllers: Record<string, object> = {
      flows: this.module.get(FlowsController),
      requests: this.module.get(RequestsController),
      grants: this.module.get(GrantsController),
      members: { list: (c: Command<'members.list'>) => this.module.get(MembershipsController).ofGroup(c) },
      memberships: { list: (c: Command<'memberships.list'>) => this.module.get(MembershipsController).ofUser(c) },
    };
    const handlers = controllers[noun] as Record<string, (command: Command<N>) => Promise<CommandReply<N>>>;
    return handlers[verb]!.call(handlers, command);
  }

  ask<N extends CommandName>(
    integrationIds: string[],
    name: N,
    data: CommandData<N>,
    commandId = uuidv7(),
  ): Promise<CommandReply<N>> {
    return this.send({
      commandId,
      name,
      integrationIds,
      receivedAt: new Date().toISOString(),
      deadlineAt: Date.now() + 300_000,
      requestId: 'test',
      urgent: false,
      context: { actor: TEST_ACTOR },
      data,
    });
  }

  settleTargets = () => this.module.get(TargetsWorker).drain();
  meetDeadlines = () => this.module.get(DeadlinesWorker).drain();
  reconcile = () => this.module.get(Reconciler).reconcileOnce();

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
