import { type ScimListQuery, type Page, pageOf } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { PAGE_LIMITS, readFilter, type ResourceType } from '@tidegate/scim';
import { clamp } from '../command.rule.js';
import { conditionOf } from './filter.rule.js';
import { Statement } from './statement.js';

/** A table that can be listed. */
export interface Listed {
  table: 'identity.users' | 'identity.groups';
  /** The columns of a row. */
  row: string;
}

/**
 * One part of a SCIM list (RFC 7644 §3.4.2) in the order of the ids, which is the order of creation: the same on every
 * page, for an id never changes.
 * @throws ScimError invalidFilter
 */
export async function search<Row extends object>(
  tx: Tx,
  { table, row }: Listed,
  type: ResourceType,
  integrationId: string,
  query: ScimListQuery,
): Promise<{ rows: Row[]; totalResults: number }> {
  const statement = new Statement(type, integrationId, query.baseUrl);
  const { binds } = statement;
  const condition = query.filter === undefined ? 'true' : conditionOf(statement, readFilter(type, query.filter));
  const matching = `FROM ${table} r WHERE r.integration_id = $1 AND (${condition})`;
  const count = clamp(query.count, 0, PAGE_LIMITS.maxCount);
  const skipped = clamp(query.startIndex, 1, Number.MAX_SAFE_INTEGER) - 1;
  const rows =
    count === 0
      ? []
      : await tx.search<Row>(
          `SELECT ${row} ${matching} ORDER BY r.id LIMIT $${binds.length + 1} OFFSET $${binds.length + 2}`,
          [...binds, count, skipped],
        );
  // A part that is not full is the last one and tells the total by itself: the usual lookup of one user is one query.
  const isLast = rows.length < count && (rows.length > 0 || skipped === 0);
  if (isLast) return { rows, totalResults: skipped + rows.length };
  const [total] = await tx.search<{ total: number }>(`SELECT count(*)::float8 AS total ${matching}`, binds);
  return { rows, totalResults: total?.total ?? 0 };
}

/** One page of everything in an integration, oldest first: the rows after an id. */
export async function pageById<Row extends { id: string }>(
  tx: Tx,
  { table, row }: Listed,
  integrationId: string,
  { after, limit }: { after: string; limit: number },
): Promise<Page<Row>> {
  const found = await tx.rows<Row>(
    `SELECT ${row} FROM ${table} r WHERE r.integration_id = $1 AND r.id > $2 ORDER BY r.id LIMIT $3`,
    [integrationId, after, limit + 1],
  );
  return pageOf(
    found,
    limit,
    ({ id }) => id,
    (each) => each,
  );
}
