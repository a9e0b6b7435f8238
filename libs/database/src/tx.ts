import { createHash } from 'node:crypto';
import { type Lane } from '@tidegate/contracts';
import { traced } from '@tidegate/observability';
import { type PoolClient, type QueryResultRow } from 'pg';
import {
  type EntityManager,
  type FindManyOptions,
  type FindOperator,
  type FindOptionsOrder,
  type FindOptionsWhere,
  QueryFailedError,
  type QueryDeepPartialEntity,
} from 'typeorm';
import { columnsOf, type EntityClass } from './entities.js';
import { ENTITY_STATEMENT, SEARCH, STATEMENT } from './spans.js';

/** A value of a bind parameter. */
export type Bind =
  string | number | boolean | null | Date | undefined | readonly (string | number | boolean | null)[] | object;

/**
 * The conditions of a statement on an entity, which all must match: values, or operators such as `In`. Rows of an
 * integration are found only with the integration's id.
 */
export type Where<Row> = { [C in keyof Row]?: Row[C] | FindOperator<NonNullable<Row[C]>> } & (Row extends {
  integrationId: string;
}
  ? { integrationId: string | FindOperator<string> }
  : object);

/** The columns to write: values, or functions that return an SQL expression without input from outside. */
export type Values<Row> = { [C in keyof Row]?: Row[C] | (() => string) };

export interface FindOptions<Row> {
  where: Where<Row>;
  order?: FindOptionsOrder<Row>;
  /** The maximum number of rows. */
  take?: number;
  /** Locks the rows until the end of the transaction, like `FOR UPDATE`, `FOR NO KEY UPDATE` or `FOR KEY SHARE`. */
  lock?: 'forUpdate' | 'forNoKeyUpdate' | 'forKeyShare';
}

const LOCK_MODES = {
  forUpdate: 'pessimistic_write',
  forNoKeyUpdate: 'for_no_key_update',
  forKeyShare: 'for_key_share',
} as const;

/**
 * An open transaction: the first argument of all functions that read or write. `Database` begins and ends it, so TypeORM
 * must not: each method for entities runs one statement, and the EntityManager with its other methods is private.
 */
export class Tx {
  /** Lanes of the recorded events. After the commit the relay of these lanes is woken. */
  readonly eventLanes = new Set<Lane>();
  /** Kinds of the added jobs that are due. After the commit their workers are woken. */
  readonly jobKinds = new Set<string>();

  constructor(
    private readonly client: PoolClient,
    private readonly manager: EntityManager,
  ) {}

  /** @returns the inserted row with the defaults of the database; @throws errors of the database */
  async insert<Row extends object>(entity: EntityClass<Row>, values: Values<Row>): Promise<Row> {
    const insert = this.manager
      .createQueryBuilder()
      .insert()
      .into(entity)
      .values(values as QueryDeepPartialEntity<Row>);
    const result = await statement('INSERT', entity, () =>
      insert.updateEntity(false).returning(columnsOf(entity)).execute(),
    );
    return (result.raw as Row[])[0]!;
  }

  /** @returns the changed rows; @throws errors of the database */
  async update<Row extends object>(entity: EntityClass<Row>, where: Where<Row>, values: Values<Row>): Promise<Row[]> {
    refuseEmptyConditions(where);
    const update = this.manager
      .createQueryBuilder()
      .update(entity)
      .set(values as QueryDeepPartialEntity<Row>);
    const result = await statement('UPDATE', entity, () => update.where(where).returning(columnsOf(entity)).execute());
    return result.raw as Row[];
  }

  /** @returns the number of deleted rows; @throws errors of the database */
  async delete<Row extends object>(entity: EntityClass<Row>, where: Where<Row>): Promise<number> {
    refuseEmptyConditions(where);
    const { affected } = await statement('DELETE', entity, () =>
      this.manager.createQueryBuilder().delete().from(entity).where(where).execute(),
    );
    return affected ?? 0;
  }

  /** @returns the rows that match; @throws errors of the database */
  async find<Row extends object>(entity: EntityClass<Row>, options: FindOptions<Row>): Promise<Row[]> {
    const { lock, where, ...rest } = options;
    refuseEmptyConditions(where);
    const find: FindManyOptions<Row> = { ...rest, where: where as FindOptionsWhere<Row> };
    if (lock) find.lock = { mode: LOCK_MODES[lock] };
    return statement('SELECT', entity, () => this.manager.find(entity, find));
  }

  /** @returns the first row that matches, or undefined */
  async findOne<Row extends object>(entity: EntityClass<Row>, options: FindOptions<Row>): Promise<Row | undefined> {
    return (await this.find(entity, { ...options, take: 1 }))[0];
  }

  /** @returns the rows of the statement; the caller declares their type */
  async rows<Row extends object>(sql: string, binds: readonly Bind[] = []): Promise<Row[]> {
    return (await this.query(sql, binds)).rows as Row[];
  }

  /** @returns the first row, or undefined */
  async row<Row extends object>(sql: string, binds: readonly Bind[] = []): Promise<Row | undefined> {
    return (await this.rows<Row>(sql, binds))[0];
  }

  /** @returns the number of rows that the statement wrote */
  async run(sql: string, binds: readonly Bind[] = []): Promise<number> {
    return (await this.query(sql, binds)).rowCount ?? 0;
  }

  /**
   * Runs a statement with a generated text, such as a search. It is not prepared, because the number of such texts is
   * unlimited.
   * @returns the rows
   */
  async search<Row extends object>(sql: string, binds: readonly Bind[] = []): Promise<Row[]> {
    const found = await traced(SEARCH, sql, () => this.client.query<QueryResultRow>(sql, [...binds]));
    return found.rows as Row[];
  }

  private query(text: string, values: readonly Bind[]) {
    return traced(STATEMENT, text, () =>
      this.client.query<QueryResultRow>({ name: statementName(text), text, values: [...values] }),
    );
  }
}

/** TypeORM would ignore such a condition and match more rows; without conditions, all. */
function refuseEmptyConditions(where: object): void {
  const conditions = Object.entries(where);
  if (conditions.length === 0) throw new Error('The statement has no conditions (this is a bug)');
  for (const [column, value] of conditions)
    if (value === undefined || value === null)
      throw new Error(`The condition on ${column} is ${value}: use IsNull() for null (this is a bug)`);
}

/**
 * Runs one statement on an entity.
 * @throws the error of the driver: TypeORM's error has the bind values as properties, which must not be logged
 */
async function statement<T>(verb: string, entity: EntityClass, run: () => Promise<T>): Promise<T> {
  try {
    return await traced(ENTITY_STATEMENT, { verb, entity }, run);
  } catch (error) {
    throw error instanceof QueryFailedError ? error.driverError : error;
  }
}

const names = new Map<string, string>();

/** Statements are prepared once per connection, because parsing is a third of the cost of a short statement. */
function statementName(sql: string): string {
  let name = names.get(sql);
  if (!name) names.set(sql, (name = createHash('sha256').update(sql).digest('base64url').slice(0, 24)));
  return name;
}
