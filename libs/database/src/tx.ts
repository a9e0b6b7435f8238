import { createHash } from 'node:crypto';
import { type Lane } from '@tidegate/contracts';
import { type PoolClient, type QueryResultRow } from 'pg';

/** A value that Postgres takes as a bind parameter. */
export type Bind =
  string | number | boolean | null | Date | undefined | readonly (string | number | boolean | null)[] | object;

/** One open transaction. Everything that reads or writes takes it as its first argument. */
export class Tx {
  /** In which lanes events were told: after the commit their relay is woken. */
  readonly told = new Set<Lane>();

  constructor(private readonly client: PoolClient) {}

  /** @returns the rows of the statement, typed by the caller, who wrote it */
  async rows<Row extends object>(sql: string, binds: readonly Bind[] = []): Promise<Row[]> {
    return (await this.query(sql, binds)).rows as Row[];
  }

  /** @returns the first row, or undefined */
  async row<Row extends object>(sql: string, binds: readonly Bind[] = []): Promise<Row | undefined> {
    return (await this.rows<Row>(sql, binds))[0];
  }

  /** @returns how many rows the statement wrote */
  async run(sql: string, binds: readonly Bind[] = []): Promise<number> {
    return (await this.query(sql, binds)).rowCount ?? 0;
  }

  /**
   * For a statement whose text is made for this one call, such as a search: it is not kept prepared, since there is no
   * end to such texts.
   */
  async search<Row extends object>(sql: string, binds: readonly Bind[] = []): Promise<Row[]> {
    return (await this.client.query<QueryResultRow>(sql, [...binds])).rows as Row[];
  }

  private query(text: string, values: readonly Bind[]) {
    return this.client.query<QueryResultRow>({ name: statementName(text), text, values: [...values] });
  }
}

const names = new Map<string, string>();

/** Statements are prepared once per connection: a third of the cost of a short one is its parsing. */
function statementName(sql: string): string {
  let name = names.get(sql);
  if (!name) names.set(sql, (name = createHash('sha256').update(sql).digest('base64url').slice(0, 24)));
  return name;
}
