import { BEFORE_ALL, type Page, type ScimListQuery } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { PAGE_LIMITS, readFilter, type ResourceType } from '@tidegate/scim';
import { clamp } from '../common/command.rule.js';
import { type Kind, type PageStart, pageStartOf, tailFrom } from './blocks.queries.js';
import { type CursorScope, type Position, readCursor, writeCursor } from './cursor.rule.js';
import { conditionOf } from './filter.sql.js';
import { type Listing, pageByIndex, pageFrom, type Query, withinBytes } from './keyset.sql.js';
import { type Take } from './page-bytes.js';
import { sortKeyOf } from './sort.sql.js';
import { Statement } from './statement.sql.js';

/** A table that can be listed. */
export type Listed = Pick<Listing, 'table' | 'row'>;

/** A page of a list. Cursors are set only when paging by cursor, if there are more rows in their direction. */
export interface Found<Item> {
  items: Item[];
  totalResults: number;
  /** The number of rows in the tail, if it was counted. */
  tail?: number;
  nextCursor?: string;
  previousCursor?: string;
}

/** A search in a list. */
export interface Search {
  type: ResourceType;
  integrationId: string;
  query: ScimListQuery;
  /** The current time in milliseconds since 1970. */
  now: number;
}

type Keyed<Row> = Row & { id: string; sort_key: Date | Position['key'] };

/** The total number of results. */
type Total = Pick<Found<never>, 'totalResults' | 'tail'>;

export const kindOf = ({ table }: Listed): Kind => (table === 'identity.users' ? 'users' : 'groups');

/**
 * Reads a page of a SCIM list (RFC 7644 §3.4.2), sorted by `sortBy` and then by id, which is the order of creation. Ids
 * never change, so all pages have the same order. A page has fewer records than requested when `take` returns fewer.
 * @throws ScimError invalidFilter, invalidValue (sortBy), invalidCursor, expiredCursor
 */
export async function search<Row extends object, Item>(
  tx: Tx,
  listed: Listed,
  request: Search,
  take: Take<Row, Item>,
): Promise<Found<Item>> {
  const { query } = request;
  const counted = new Statement(request.type, request.integrationId, query.baseUrl);
  const condition = query.filter === undefined ? 'true' : conditionOf(counted, readFilter(request.type, query.filter));
  const statement = counted.fork();
  const key = query.sortBy === undefined ? undefined : sortKeyOf(statement, query.sortBy);
  const descending = key !== undefined && query.sortOrder === 'descending';
  const listing: Listing = { ...listed, statement, condition, key, descending };
  const isWhole = query.filter === undefined;
  const count = async (): Promise<Total> => {
    if (isWhole)
      return totalOf(
        tx,
        listed,
        request.integrationId,
        await pageStartOf(tx, kindOf(listed), request.integrationId, 0),
      );
    const sql = `SELECT count(*)::float8 AS total FROM ${listed.table} r WHERE r.integration_id = $1 AND (${condition})`;
    const [found] = await tx.search<{ total: number }>(sql, counted.binds);
    return { totalResults: found!.total };
  };
  if (query.cursor !== undefined)
    return byCursor(tx, listing, { ...request, type: request.type.name }, query.cursor, count, take);
  const slice = {
    skipped: clamp(query.startIndex, 1, Number.MAX_SAFE_INTEGER) - 1,
    limit: clamp(query.count, 0, PAGE_LIMITS.maxCount),
  };
  return isWhole && !key
    ? byBlocks(tx, listing, request.integrationId, slice, take)
    : byIndex(tx, listing, slice, count, take);
}

async function totalOf(tx: Tx, listed: Listed, integrationId: string, { closed, until }: PageStart): Promise<Total> {
  const tail = await tailFrom(tx, kindOf(listed), integrationId, until);
  return { totalResults: closed + tail, tail };
}

interface Slice {
  skipped: number;
  limit: number;
}

/**
 * Whether a page is the last one, so that the total is known without a second query. This makes the usual lookup of one
 * user a single query. A page whose rows did not all fit was possibly not read completely.
 */
const isLast = (rows: readonly object[], items: readonly unknown[], { skipped, limit }: Slice): boolean =>
  rows.length < limit && items.length === rows.length && (rows.length > 0 || skipped === 0);

async function byIndex<Row extends object, Item>(
  tx: Tx,
  listing: Listing,
  slice: Slice,
  count: () => Promise<Total>,
  take: Take<Row, Item>,
): Promise<Found<Item>> {
  const rows = slice.limit === 0 ? [] : await read<Row>(tx, pageByIndex(listing, slice));
  const items = await take(rows);
  if (isLast(rows, items, slice)) return { items, totalResults: slice.skipped + rows.length };
  return { items, ...(await count()) };
}

/** A page of all rows, ordered by id. Its start is found by the counts of the blocks instead of by skipping rows. */
async function byBlocks<Row extends object, Item>(
  tx: Tx,
  { table, row }: Listing,
  integrationId: string,
  slice: Slice,
  take: Take<Row, Item>,
): Promise<Found<Item>> {
  const { skipped, limit } = slice;
  const page = `SELECT ${row} FROM ${table} r WHERE r.integration_id = $1 AND r.id >= $2 ORDER BY r.id LIMIT $3 OFFSET $4`;
  const readFrom = (from: string, rest: number) =>
    tx.rows<Row>(withinBytes(page, 'id', limit), [integrationId, from, limit, rest]);
  const first = skipped === 0 && limit > 0 ? await readFrom(BEFORE_ALL, 0) : undefined;
  const items = first && (await take(first));
  if (items && isLast(first, items, slice)) return { items, totalResults: items.length };
  const start = await pageStartOf(tx, kindOf({ table, row }), integrationId, skipped);
  const total = await totalOf(tx, { table, row }, integrationId, start);
  return { items: items ?? (limit === 0 ? [] : await take(await readFrom(start.from, start.rest))), ...total };
}

/** A page by cursor (RFC 9865 §2). A row that exists during all requests is on exactly one page. */
async function byCursor<Row extends object, Item>(
  tx: Tx,
  listing: Listing,
  scope: CursorScope,
  cursor: string,
  count: () => Promise<Total>,
  take: Take<Row, Item>,
): Promise<Found<Item>> {
  const position = cursor === '' ? undefined : readCursor(scope, cursor, listing.key?.type);
  const forward = position?.forward ?? true;
  const limit = clamp(scope.query.count, 1, PAGE_LIMITS.maxCount);
  // One more row than requested shows whether there is a next page.
  const found = await read<Keyed<Row>>(tx, pageFrom(listing, position, limit + 1));
  const items = await take(found.slice(0, limit));
  const rows = found.slice(0, items.length);
  if (!forward) for (const list of [rows, items]) list.reverse();
  const ahead = found.length > rows.length ? beside(forward ? rows.at(-1)! : rows[0]!, forward) : undefined;
  const behind = position && (await positionBehind(tx, listing, rows, position));
  const cursorTo = (one: Position | undefined) => one && writeCursor(scope, one);
  const [nextCursor, previousCursor] = (forward ? [ahead, behind] : [behind, ahead]).map(cursorTo);
  return {
    items,
    ...(position || ahead ? await count() : { totalResults: items.length }),
    ...(nextCursor === undefined ? {} : { nextCursor }),
    ...(previousCursor === undefined ? {} : { previousCursor }),
  };
}

/** The position of the page before, if it has rows. From an empty page, it is the row of the page's own cursor. */
async function positionBehind(
  tx: Tx,
  listing: Listing,
  rows: readonly Keyed<object>[],
  position: Position,
): Promise<Position | undefined> {
  const edge = position.forward ? rows[0] : rows.at(-1);
  const back = edge ? beside(edge, !position.forward) : { ...position, forward: !position.forward, inclusive: true };
  const [found] = await read(tx, pageFrom({ ...listing, row: 'r.id' }, back, 1));
  return found && back;
}

const beside = ({ id, sort_key: key }: Keyed<object>, forward: boolean): Position => ({
  forward,
  key: key instanceof Date ? key.toISOString() : key,
  id,
  inclusive: false,
});

const read = <Row extends object>(tx: Tx, { sql, binds }: Query): Promise<Row[]> => tx.search<Row>(sql, binds);

/**
 * A page of all rows of an integration after an id, oldest first.
 * @param only SQL for a condition on the rows
 */
export async function pageById<Row extends { id: string }, Item>(
  tx: Tx,
  { table, row }: Listed,
  integrationId: string,
  { after, limit }: { after: string; limit: number },
  take: Take<Row, Item>,
  only = 'true',
): Promise<Page<Item>> {
  const page = `SELECT ${row} FROM ${table} r WHERE r.integration_id = $1 AND r.id > $2 AND ${only} ORDER BY r.id LIMIT $3`;
  const found = await tx.rows<Row>(withinBytes(page, 'id', limit), [integrationId, after, limit + 1]);
  const items = await take(found.slice(0, limit));
  return { items, nextCursor: found.length > items.length ? found[items.length - 1]!.id : null };
}
