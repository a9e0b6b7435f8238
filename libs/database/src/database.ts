import { isUuid, type Lane, Refusal } from '@tidegate/contracts';
import { DataSource, type MigrationInterface } from 'typeorm';
import { type PoolClient } from 'pg';
import { prepareSchema } from './migrations.js';
import { refuseRole } from './roles.js';
import { Tx } from './tx.js';

export interface DatabaseOptions {
  /**
   * URL of the service's own role, which must find its schema up to date. A URL of the owner brings the schema up to date
   * and makes a role; the service then runs as that role.
   */
  url: string;
  /** Postgres schema of the service: `gateway`, `identity`, `access_flow`. */
  schema: string;
  migrations: (new () => MigrationInterface)[];
  poolSize: number;
}

/** Whose rows a transaction may see, and by when it must be over. */
export interface Scope {
  integrationIds: readonly string[];
  /** Milliseconds since 1970. */
  deadlineAt?: number;
}

/** Unlike an empty list of integrations, which is bound to none of them. */
const UNBOUND: Partial<Scope> = {};

/** Longest time one statement may take when no deadline says less. */
const STATEMENT_TIMEOUT_MS = 30_000;

/** A service's own schema, reached as a role that row-level security binds. */
export class Database {
  private committed: (lane: Lane) => void = () => undefined;

  private constructor(
    private readonly source: DataSource,
    readonly schema: string,
  ) {}

  /**
   * Prepares the schema (see `prepareSchema`), then connects as the service's role.
   * @throws when the server cannot be reached; StartError when the schema is out of date or the role has too many rights
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
      extra: {
        connectionTimeoutMillis: 5_000,
        keepAlive: true,
        pipeline: true, // a statement does not wait for the answer to the one before
        // A plan made once for all values, while a table is still empty, would scan it when it is full.
        options: '-c plan_cache_mode=force_custom_plan',
      },
      poolErrorHandler: () => undefined, // an idle connection that dies is replaced at its next use
    });
    await source.initialize();
    const database = new Database(source, options.schema);
    await database.refuseRole().catch(async (error: unknown) => {
      await source.destroy();
      throw error;
    });
    return database;
  }

  /** Called after each commit that told events, once for each lane they go in. */
  onEventsCommitted(wake: (lane: Lane) => void): void {
    this.committed = wake;
  }

  /**
   * Runs one use case in one transaction that sees the rows of the given integrations only.
   * @throws Refusal `deadline` when the time is over before it begins or before it commits; whatever `work` throws;
   * nothing is changed then
   */
  transaction<T>(scope: Scope, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.run(scope, work);
  }

  /**
   * A transaction that is bound to no integrations: for the tables that belong to none (outbox, inbox, tables of due
   * work), where it sees all rows. Of a table under `integrationTable` it sees none.
   */
  unscoped<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.run(UNBOUND, work);
  }

  private async run<T>(scope: Partial<Scope>, work: (tx: Tx) => Promise<T>): Promise<T> {
    const runner = this.source.createQueryRunner();
    const client = (await runner.connect()) as PoolClient;
    const tx = new Tx(client);
    let open = false;
    try {
      // Once a connection is there, not before: waiting for one may have used the time up.
      const begin = beginStatement(scope);
      open = true;
      const result = await afterBegin(client.query(begin), () => work(tx));
      // Waiting for a row may have used the time up, and what a caller has given up on must not be done behind its back.
      if (scope.deadlineAt && Date.now() >= scope.deadlineAt) throw timeIsOver();
      const { command } = await client.query('COMMIT');
      open = false;
      if (command !== 'COMMIT') throw new Error('A statement failed and its error was dropped (this is a bug)');
      for (const lane of tx.told) this.committed(lane);
      return result;
    } finally {
      if (open) await client.query('ROLLBACK').catch(() => undefined);
      await runner.release();
    }
  }

  /** Resolves when the database answers. For readiness. */
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

/**
 * The answer to the beginning is not waited for: the first statement follows at once, and fails if the beginning did.
 * @throws what the beginning failed with, before what `work` throws, which then only follows from it
 */
async function afterBegin<T>(begun: Promise<unknown>, work: () => Promise<T>): Promise<T> {
  begun.catch(() => undefined); // told below, when the work has noticed
  try {
    return await work();
  } finally {
    await begun;
  }
}

/**
 * Opens the transaction, its tenancy and its time limits in one round trip.
 * The simple protocol takes no binds, so only checked ids and integers go into the text.
 */
function beginStatement(scope: Partial<Scope>): string {
  for (const id of scope.integrationIds ?? []) if (!isUuid(id)) throw new Refusal('notFound', 'No such integration.');
  const left = Math.floor(scope.deadlineAt ? scope.deadlineAt - Date.now() : STATEMENT_TIMEOUT_MS);
  if (left <= 0) throw timeIsOver();
  const limit = Math.min(left, STATEMENT_TIMEOUT_MS);
  const bound = scope.integrationIds ? `{${scope.integrationIds.join(',')}}` : '';
  return `BEGIN; SELECT set_config('tidegate.integration_ids', '${bound}', true), set_config('statement_timeout', '${limit}', true), set_config('lock_timeout', '${limit}', true)`;
}

const timeIsOver = () => new Refusal('deadline', 'The time for this command is over.');

/**
 * Lets a transaction that claimed due work, or looked up whom it concerns, see the integrations that this belongs to, and
 * no others.
 * @param integrationIds as read from the database
 */
export async function enterIntegration(tx: Tx, ...integrationIds: string[]): Promise<void> {
  await tx.run(`SELECT set_config('tidegate.integration_ids', $1, true)`, [`{${integrationIds.join(',')}}`]);
}
