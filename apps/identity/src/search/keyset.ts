import { LIST_BYTES } from '@tidegate/contracts';
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

/** `libs/scim` keeps the attributes of a resource below this, so fewer rows need no measuring. */
const ROW_BYTES = 65_536;

/**
 * SQL of the rows of a page as far as `LIST_BYTES` of attributes go, and one row more when there is one: its
 * `bytes_before` tells that it belongs to the next page. So a page of big resources is not read to its end.
 * @param page SQL of the page, in the order
 * @param order of the columns of the page
 */
export function withinBytes(page: string, order: string, limit: number): string {
  if (limit * ROW_BYTES <= LIST_BYTES) return page;
  const sum = (rows: string) =>
    `coalesce(sum(octet_length(p.attributes::text)) OVER (ORDER BY ${order} ROWS ${rows}), 0)::float8`;
  return `SELECT * FROM (
      SELECT p.*, ${sum('BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING')} AS bytes_before,
        ${sum('BETWEEN UNBOUNDED PRECEDING AND 2 PRECEDING')} AS bytes_before_last
      FROM (${page}) AS p
    ) AS w WHERE bytes_before_last < ${LIST_BYTES} ORDER BY ${order}`;
}

/** A page by index. What is sorted and skipped is the key and the id, not the whole row. */
export function pageByIndex(listing: Listing, { skipped, limit }: { skipped: number; limit: number }): Query {
  const { table, row, condition, key, descending } = listing;
  const { binds, bind } = listing.statement.fork();
  const slice = `LIMIT ${bind(limit, 'int8')} OFFSET ${bind(skipped, 'int8')}`;
  const matching = `FROM ${table} r WHERE r.integration_id = $1 AND (${condition})`;
  if (!key) return { sql: withinBytes(`SELECT ${row} ${matching} ORDER BY r.id ${slice}`, 'id', limit), binds };
  const found = `SELECT r.id AS found_id, ${key.sql} AS sort_key ${matching}
    ORDER BY ${orderOf(key.sql, 'r.id', descending)} ${slice}`;
  const sql = `SELECT ${row}, f.sort_key FROM (${found}) AS f JOIN ${table} r ON r.integration_id = $1 AND r.id = f.found_id
    ORDER BY ${orderOf('f.sort_key', 'f.found_id', descending)}`;
  return { sql: withinBytes(sql, orderOf('sort_key', 'id', descending), limit), binds };
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
  return { sql: withinBytes(sql, orderOf(key && 'sort_key', 'id', descending), limit), binds: statement.binds };
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
