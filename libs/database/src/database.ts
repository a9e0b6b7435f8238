import { isUuid, type Lane, Refusal } from '@tidegate/contracts';
import { DataSource, type MigrationInterface } from 'typeorm';
import { type PoolClient } from 'pg';
import { traced } from '@tidegate/observability';
import { type EntityClass, SnakeCaseColumns } from './entities.js';
import { prepareSchema } from './migrations.js';
import { refuseRole } from './roles.js';
import { TRANSACTION } from './spans.js';
import { Tx } from './tx.js';

export interface DatabaseOptions {
  /**
   * URL with the service's role; the schema must be up to date. With a URL of the database's owner, the schema is migrated
   * and a role is created, and the service runs as that role.
   */
  url: string;
  /** Postgres schema of the service: `gateway`, `identity`, `access_flow`. */
  schema: string;
  migrations: (new () => MigrationInterface)[];
  /** The entities of the schema. */
  entities?: readonly EntityClass[];
  poolSize: number;
}

/** The integrations whose rows a transaction can access, and its deadline. */
export interface Scope {
  integrationIds: readonly string[];
  /** Milliseconds since 1970. */
  deadlineAt?: number;
}

/** For `unscoped`. A transaction with an empty list of integrations sees no rows of integrations instead. */
const UNBOUND: Partial<Scope> = {};

/** Longest time of one statement, unless the deadline is earlier. */
const STATEMENT_TIMEOUT_MS = 30_000;

/** The schema of a service, accessed as a role under row-level security. */
export class Database {
  private eventsCommitted: (lane: Lane) => void = () => undefined;
  private jobsCommitted: (kinds: readonly string[]) => void = () => undefined;

  private constructor(
    private readonly source: DataSource,
    readonly schema: string,
  ) {}

  /**
   * Prepares the schema (see `prepareSchema`), then connects as the service's role.
   * @throws StartError if the schema is out of date or the role has too many rights; errors of the connection
   */
  static async open(options: DatabaseOptions): Promise<Database> {
    const url = await prepareSchema(options);
    const source = new DataSource({
      type: 'postgres',
      url,
      schema: options.schema,
      poolSize: options.poolSize,
      applicationName: `tidegate ${options.schema}`,
      logging: false,
      entities: [...(options.entities ?? [])],
      namingStrategy: new SnakeCaseColumns(),
      parseInt8: true, // all are versions and counts, far below 2^53
      extra: {
        connectionTimeoutMillis: 5_000,
        keepAlive: true,
        pipeline: true, // statements are sent without waiting for earlier results
        // A generic plan that is made while a table is empty scans the table, also when it has many rows.
        options: '-c plan_cache_mode=force_custom_plan',
      },
      poolErrorHandler: () => undefined, // a lost idle connection is replaced at its next use
    });
    await source.initialize();
    const database = new Database(source, options.schema);
    await database.refuseRole().catch(async (error: unknown) => {
      await source.destroy();
      throw error;
    });
    return database;
  }

  /** @param wake called after each commit that recorded events, once for each lane */
  onEventsCommitted(wake: (lane: Lane) => void): void {
    this.eventsCommitted = wake;
  }

  /** @param wake called after each commit that added due jobs, with their kinds */
  onJobsCommitted(wake: (kinds: readonly string[]) => void): void {
    this.jobsCommitted = wake;
  }

  /**
   * Runs one use case in one transaction that sees only the rows of the given integrations.
   * @throws Refusal `deadline` if the deadline passes before the start or the commit; errors of `work`; nothing is changed
   *   then
   */
  transaction<T>(scope: Scope, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.run(scope, work);
  }

  /** `transaction` in one integration, without a deadline. */
  inIntegration<T>(integrationId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.transaction({ integrationIds: [integrationId] }, work);
  }

  /**
   * Runs a transaction without integrations, for tables without row-level security by `integrationTable`: outbox, inbox,
   * tables of due work. It sees all their rows, and no rows of a table under `integrationTable`.
   */
  unscoped<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.run(UNBOUND, work);
  }

  private run<T>(scope: Partial<Scope>, work: (tx: Tx) => Promise<T>): Promise<T> {
    const { schema } = this;
    return traced(TRANSACTION, { schema, integrationIds: scope.integrationIds }, () => this.commit(scope, work));
  }

  private async commit<T>(scope: Partial<Scope>, work: (tx: Tx) => Promise<T>): Promise<T> {
    const runner = this.source.createQueryRunner();
    const client = (await runner.connect()) as PoolClient;
    const tx = new Tx(client, runner.manager);
    let open = false;
    try {
      // After the wait for a connection, because the deadline can pass during it.
      const begin = beginStatement(scope);
      open = true;
      markTransaction(runner, true);
      const result = await afterBegin(client.query(begin), () => work(tx));
      // The deadline can pass during a wait for a row lock. The caller no longer waits, so the change must not be applied.
      if (scope.deadlineAt && Date.now() >= scope.deadlineAt) throw deadlinePassed();
      const { command } = await client.query('COMMIT');
      open = false;
      if (command !== 'COMMIT') throw new Error('A statement failed and its error was ignored (this is a bug)');
      for (const lane of tx.eventLanes) this.eventsCommitted(lane);
      if (tx.jobKinds.size > 0) this.jobsCommitted([...tx.jobKinds]);
      return result;
    } finally {
      if (open) await client.query('ROLLBACK').catch(() => undefined);
      markTransaction(runner, false);
      await runner.release();
    }
  }

  /** Resolves if the database is available, for readiness. @throws errors of the database */
  async check(): Promise<void> {
    await this.source.query('SELECT 1');
  }

  async close(): Promise<void> {
    await this.source.destroy();
  }

  private async refuseRole(): Promise<void> {
    const [{ role }] = await this.source.query<[{ role: string }]>('SELECT current_user AS role');
    await refuseRole(this.source, role, this.schema);
  }
}

/** TypeORM would otherwise begin a transaction of its own, and refuse to lock rows. Its type declares the property read-only. */
function markTransaction(runner: { isTransactionActive: boolean }, isActive: boolean): void {
  runner.isTransactionActive = isActive;
}

/**
 * Runs `work` without waiting for the result of BEGIN, which saves a round trip. If BEGIN fails, the next statement fails.
 * @throws the error of BEGIN, else the error of `work`
 */
async function afterBegin<T>(begun: Promise<unknown>, work: () => Promise<T>): Promise<T> {
  begun.catch(() => undefined); // thrown by the await below
  try {
    return await work();
  } finally {
    await begun;
  }
}

/**
 * @returns the statements that begin the transaction and set its integrations and time limits, for one round trip. The
 *   simple protocol has no bind parameters, so the text contains only validated ids and integers.
 * @throws Refusal `deadline`; `notFound` for an id that is not a UUID
 */
function beginStatement(scope: Partial<Scope>): string {
  for (const id of scope.integrationIds ?? []) if (!isUuid(id)) throw new Refusal('notFound', 'No such integration.');
  const left = Math.floor(scope.deadlineAt ? scope.deadlineAt - Date.now() : STATEMENT_TIMEOUT_MS);
  if (left <= 0) throw deadlinePassed();
  const limit = Math.min(left, STATEMENT_TIMEOUT_MS);
  const bound = scope.integrationIds ? `{${scope.integrationIds.join(',')}}` : '';
  return `BEGIN; SELECT set_config('tidegate.integration_ids', '${bound}', true), set_config('statement_timeout', '${limit}', true), set_config('lock_timeout', '${limit}', true)`;
}

const deadlinePassed = () => new Refusal('deadline', 'The deadline of this command has passed.');

/**
 * Sets the integrations of an unscoped transaction, for example after it claimed due work. It sees only their rows then.
 * @param integrationIds as read from the database
 */
export async function enterIntegration(tx: Tx, ...integrationIds: string[]): Promise<void> {
  await tx.run(`SELECT set_config('tidegate.integration_ids', $1, true)`, [`{${integrationIds.join(',')}}`]);
}
