import { type IdPageQuery } from '@tidegate/contracts';
import { type Bind } from '@tidegate/database';

/** A condition on the row `t`, which gets the name of the bind parameter; without a value it does not apply. */
export type Filter = [condition: (bind: string) => string, value: Bind];

/** @returns the filter for rows with a value in a column */
export const equals = (column: string, value: Bind): Filter => [(bind) => `t.${column} = ${bind}`, value];

/**
 * The newest rows of several integrations. Each integration is read in the order of an index and only up to the size of the
 * page: with one condition for all integrations, Postgres would read and sort all their rows.
 * @returns the statement for at most `limit` + 1 rows with all columns, newest first, and its binds
 */
export function newest(
  table: string,
  integrationIds: string[],
  { cursor, limit }: IdPageQuery,
  filters: Filter[],
): [sql: string, binds: Bind[]] {
  const given = [[(bind) => `t.id < ${bind}`, cursor] as Filter, ...filters].filter(([, value]) => value !== undefined);
  const conditions = given.map(([condition], index) => ` AND ${condition(`$${index + 3}`)}`).join('');
  const sql = `SELECT page.* FROM unnest($1::uuid[]) AS i (id) CROSS JOIN LATERAL (
      SELECT t.* FROM ${table} t WHERE t.integration_id = i.id${conditions} ORDER BY t.id DESC LIMIT $2
    ) AS page ORDER BY page.id DESC LIMIT $2`;
  return [sql, [integrationIds, limit + 1, ...given.map(([, value]) => value)]];
}
