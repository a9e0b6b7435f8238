import { createHash } from 'node:crypto';
import { type Lane } from '@tidegate/contracts';
import { traced } from '@tidegate/observability';
import { type PoolClient, type QueryResultRow } from 'pg';
import { SEARCH, STATEMENT } from './spans.js';

/** A value of a bind parameter. */
export type Bind =
  string | number | boolean | null | Date | undefined | readonly (string | number | boolean | null)[] | object;

/** An open transaction: the first argument of all functions that read or write. */
export class Tx {
  /** Lanes of the recorded events. After the commit the relay of these lanes is woken. */
  readonly eventLanes = new Set<Lane>();
  /** Kinds of the added jobs that are due. After the commit their workers are woken. */
  readonly jobKinds = new Set<string>();

  constructor(private readonly client: PoolClient) {}

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

const names = new Map<string, string>();

/** Statements are prepared once per connection, because parsing is a third of the cost of a short statement. */
function statementName(sql: string): string {
  let name = names.get(sql);
  if (!name) names.set(sql, (name = createHash('sha256').update(sql).digest('base64url').slice(0, 24)));
  return name;
}
