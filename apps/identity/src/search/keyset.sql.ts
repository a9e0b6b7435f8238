import { LIST_BYTES } from '@tidegate/contracts';
import { type Bind } from '@tidegate/database';
import { type Position } from './cursor.rule.js';
import { type SortKey } from './sort.sql.js';
import { type Statement } from './statement.sql.js';

/** A list as SQL: its table, condition and order. Rows with equal sort keys are ordered by id. */
export interface Listing {
  statement: Statement;
  table: 'identity.users' | 'identity.groups';
  /** The columns to read. */
  row: string;
  /** A condition on the table `r`. */
  /** Undefined if the list is ordered by id only. */
  condition: string;
  key: SortKey | undefined;
  descending: boolean;
}

/** The text and bind parameters of a statement. */
export interface Query {
  sql: string;
  binds: readonly Bind[];
}

/** SQL for an order by sort key and id. Rows without a value come last in ascending order, the default of Postgres. */
function orderOf(key: string | undefined, id: string, descending: boolean): string {
  const direction = descending ? 'DESC' : 'ASC';
  return [...(key === undefined ? [] : [`${key} ${direction}`]), `${id} ${direction}`].join(', ');
}

/**
 * The limit of `libs/scim` for the attributes of a resource. Pages that cannot exceed `LIST_BYTES` are not measured.
 */
const ROW_BYTES = 65_536;

/**
 * SQL for the rows of a page up to `LIST_BYTES` of attributes, and one more row if there is one, whose `bytes_before`
 * is at least `LIST_BYTES`. So a page of large resources is not read completely.
 * @param page SQL for the ordered page
 * @param order the ORDER BY list, with the column names of the page
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

/** A page by index. Only keys and ids are sorted and skipped, not whole rows. */
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
 * The rows from a position in the direction of the page. It does not use `OFFSET`, so the cost does not depend on the
 * number of the page. The rows also have a column `sort_key`.
 * @param position undefined for the first page
 */
export function pageFrom(listing: Listing, position: Position | undefined, limit: number): Query {
  const { table, row, condition, key } = listing;
  const statement = listing.statement.fork();
  const forward = position?.forward ?? true;
  const descending = listing.descending === forward;
  const limitBind = statement.bind(limit, 'int8');
  const read = `SELECT ${row}, ${key ? key.sql : 'NULL::text'} AS sort_key FROM ${table} r
    WHERE r.integration_id = $1 AND (${condition})`;
  const order = orderOf(key?.sql, 'r.id', descending);
  const ranges = position ? rangesFrom(statement, key, position, descending) : ['true'];
  // Each range is a scan of one part of an index. Combined with OR, the ranges would not use an index.
  const parts = ranges
    .map((range) => `(${read} AND ${range} ORDER BY ${order} LIMIT ${limitBind})`)
    .join(' UNION ALL ');
  const sql = `SELECT * FROM (${parts}) AS f ORDER BY ${orderOf(key && 'f.sort_key', 'f.id', descending)} LIMIT ${limitBind}`;
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
