/**
 * SQL expressions that read the names of what a row refers to, in the statement that reads the row. Names of deleted users
 * and groups are kept. The rules of `names.rule.ts` read the values.
 */

/**
 * @param row alias of the row; only users of its integration are read
 * @param ids expressions of ids or null
 * @param lists expressions of arrays of ids or null
 * @returns an expression for `UserNames`
 */
export const userNames = (row: string, ids: string[], lists: string[] = []): string =>
  `(SELECT json_object_agg(n.id, json_build_object('userName', n.user_name, 'displayName', n.display_name,
      'active', n.active AND NOT n.deleted))
    FROM ${referredTo('users', row, all(ids, lists))})`;

/** @returns an expression for `GroupNames`; parameters as of `userNames` */
export const groupNames = (row: string, ids: string[], lists: string[] = []): string =>
  `(SELECT json_object_agg(n.id, n.display_name) FROM ${referredTo('groups', row, all(ids, lists))})`;

/** @returns the expressions of the users that an actor in a column contains */
export const actorIds = (column: string): string[] => [
  `(${column} ->> 'userId')::uuid`,
  `(${column} #>> '{maker,userId}')::uuid`,
];

/** The rows `n` with the ids. A join, because for `= ANY` Postgres can read all users of the integration. */
const referredTo = (table: 'users' | 'groups', row: string, ids: string): string =>
  `unnest(${ids}) AS i (id) JOIN access_flow.${table} n ON n.integration_id = ${row}.integration_id AND n.id = i.id`;

const all = (ids: string[], lists: string[]): string =>
  [`ARRAY[${ids.join(', ')}]::uuid[]`, ...lists.map((list) => `coalesce(${list}, '{}')`)].join(' || ');
