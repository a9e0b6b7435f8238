import { type Bind } from '@tidegate/database';
import { type Position } from './cursor.rule.js';
import { type SortKey } from './sort.rule.js';
import { type Statement } from './statement.js';

/** A list as SQL: its rows, and what they are ordered by before their ids, if anything. */
export interface Listing {
  statement: Statement;
  table: 'identity.users' | 'identity.groups';
  /** The columns of a row. */
  row: string;
  /** On the table `r`. */
  condition: string;
  key: SortKey | undefined;
  descending: boolean;
}

/** A statement as it is sent. */
export interface Query {
  sql: string;
  binds: readonly Bind[];
}

/** SQL of the order of a listing, or of its reverse; what has no value is last in ascending order, as Postgres has it. */
function orderOf(key: string | undefined, id: string, descending: boolean): string {
  const direction = descending ? 'DESC' : 'ASC';
  return [...(key === undefined ? [] : [`${key} ${direction}`]), `${id} ${direction}`].join(', ');
}

/** A page by index. What is sorted and skipped is the key and the id, not the whole row. */
export function pageByIndex(listing: Listing, { skipped, limit }: { skipped: number; limit: number }): Query {
  const { table, row, condition, key, descending } = listing;
  const { binds, bind } = listing.statement.fork();
  const slice = `LIMIT ${bind(limit, 'int8')} OFFSET ${bind(skipped, 'int8')}`;
  const matching = `FROM ${table} r WHERE r.integration_id = $1 AND (${condition})`;
  if (!key) return { sql: `SELECT ${row} ${matching} ORDER BY r.id ${slice}`, binds };
  const found = `SELECT r.id AS found_id, ${key.sql} AS sort_key ${matching}
    ORDER BY ${orderOf(key.sql, 'r.id', descending)} ${slice}`;
  const sql = `SELECT ${row} FROM (${found}) AS f JOIN ${table} r ON r.integration_id = $1 AND r.id = f.found_id
    ORDER BY ${orderOf('f.sort_key', 'f.found_id', descending)}`;
  return { sql, binds };
}

/**
 * The rows from a position on, in the direction of the page: without `OFFSET`, so that the thousandth page costs what the
 * first costs. Rows have `sort_key` beside their columns.
 * @param position undefined for the beginning
 */
export function pageFrom(listing: Listing, position: Position | undefined, limit: number): Query {
  const { table, row, condition, key } = listing;
  const statement = listing.statement.fork();
  const forward = position?.forward ?? true;
  const descending = listing.descending === forward;
  const most = statement.bind(limit, 'int8');
  const read = `SELECT ${row}, ${key ? key.sql : 'NULL::text'} AS sort_key FROM ${table} r
    WHERE r.integration_id = $1 AND (${condition})`;
  const order = orderOf(key?.sql, 'r.id', descending);
  const ranges = position ? rangesFrom(statement, key, position, descending) : ['true'];
  // Each range is one stretch of an index; together they would be none.
  const parts = ranges.map((range) => `(${read} AND ${range} ORDER BY ${order} LIMIT ${most})`).join(' UNION ALL ');
  const sql = `SELECT * FROM (${parts}) AS f ORDER BY ${orderOf(key && 'f.sort_key', 'f.id', descending)} LIMIT ${most}`;
  return { sql, binds: statement.binds };
}

function rangesFrom(
  { bind }: Statement,
  key: SortKey | undefined,
  { key: value, id, inclusive }: Position,
  descending: boolean,
): string[] {
  const sign = `${descending ? '<' : '>'}${inclusive ? '=' : ''}`;
  const byId = () => `r.id ${sign} ${bind(id, 'uuid')}`;
  if (!key) return [byId()];
  if (value === null) return [`(${key.sql} IS NULL AND ${byId()})`, ...(descending ? [`${key.sql} IS NOT NULL`] : [])];
  const bound = bind(key.type === 'jsonb' ? JSON.stringify(value) : value, key.type);
  return [
    `(${key.sql}, r.id) ${sign} (${bound}, ${bind(id, 'uuid')})`,
    ...(key.nullable && !descending ? [`${key.sql} IS NULL`] : []),
  ];
}
