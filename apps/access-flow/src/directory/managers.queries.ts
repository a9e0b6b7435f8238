import { MANAGER_ATTRIBUTES } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { candidates, MANAGER_COLUMNS, MANAGER_ID } from './managers.sql.js';
import { type ManagerMatches, type ManagerResolution, resolutionOf } from './managers.rule.js';

/** The maximum number of users in one call of `managersOf`. */
export const MANAGERS_AT_ONCE = 500;

/** One look-up for each attribute; that of the setting runs, and reads two rows at most. */
const MATCHES = MANAGER_ATTRIBUTES.map((attribute) => {
  const { column, key } = MANAGER_COLUMNS[attribute];
  return `(SELECT u.id, u.active FROM ${candidates(column)} AND a.attribute = '${attribute}' AND ${column} = a.${key} LIMIT 2)`;
}).join(' UNION ALL ');

/** A look-up, because for a join Postgres can read the profiles of all users. */
const PROFILE = `SELECT p.manager_value AS value, p.manager_key AS key, ${MANAGER_ID} AS id
  FROM access_flow.user_profiles p WHERE p.integration_id = $1 AND p.user_id = asked.id LIMIT 1`;

/**
 * Finds the managers of users by the setting `managerAttribute` of the integration.
 * @param userIds at most `MANAGERS_AT_ONCE`
 * @returns one entry for each id, also of unknown users
 * @throws Error for more ids
 */
export async function managersOf(
  tx: Tx,
  integrationId: string,
  userIds: string[],
): Promise<Map<string, ManagerResolution>> {
  if (userIds.length > MANAGERS_AT_ONCE) throw new Error(`managers of ${userIds.length} users were asked at once`);
  const rows = await tx.rows<ManagerMatches>(
    `WITH a AS MATERIALIZED (
       SELECT asked.id AS user_id, i.manager_attribute AS attribute, p.value, p.key, p.id
       FROM unnest($2::uuid[]) AS asked (id)
       LEFT JOIN access_flow.integrations i ON i.id = $1 AND NOT i.removed
       LEFT JOIN LATERAL (${PROFILE}) AS p ON true
     )
     SELECT a.user_id AS "userId", a.attribute, a.value,
       (SELECT json_agg(found) FROM (${MATCHES}) AS found) AS matches
     FROM a`,
    [integrationId, userIds],
  );
  return new Map(rows.map((row) => [row.userId, resolutionOf(row)]));
}

/** The manager `u`, if managers are found by the attribute, and with which keys. */
const KEYS = MANAGER_ATTRIBUTES.map((attribute) => {
  const { column, key } = MANAGER_COLUMNS[attribute];
  return `SELECT '${attribute}' AS attribute, ${column}${key === 'id' ? '::text' : ''} AS key
    FROM ${candidates(column)} AND u.id = $2 AND u.active`;
}).join(' UNION ALL ');

/** SQL: only one user has the key of the manager `k`. */
const IS_ONLY_ONE = MANAGER_ATTRIBUTES.filter((attribute) => attribute !== 'id')
  .map((attribute) => {
    const { column } = MANAGER_COLUMNS[attribute];
    return `NOT EXISTS (SELECT 1 FROM ${candidates(column)} AND k.attribute = '${attribute}' AND ${column} = k.key
      AND u.id <> $2)`;
  })
  .join(' AND ');

/** SQL: the users whose manager value is the key of the manager `k`, by id. */
const REPORTS = (['manager_value', 'manager_key'] as const)
  .map((column) => {
    const isExact = column === 'manager_value';
    const attributes = MANAGER_ATTRIBUTES.filter((each) => (MANAGER_COLUMNS[each].key === 'value') === isExact);
    return `(SELECT p.user_id FROM access_flow.user_profiles p
      WHERE p.integration_id = $1 AND p.${column} = k.key AND p.user_id <> $2
        AND k.attribute IN (${attributes.map((each) => `'${each}'`).join(', ')}) ORDER BY p.user_id LIMIT $3)`;
  })
  .join(' UNION ALL ');

/**
 * Finds the users whose manager, as `managersOf` resolves it, is this user.
 * @returns ids of users that are not deleted, also of inactive ones, ordered, at most `limit`
 */
export async function reportsOf(tx: Tx, integrationId: string, managerId: string, limit: number): Promise<string[]> {
  const rows = await tx.rows<{ userId: string }>(
    `WITH k AS MATERIALIZED (
       SELECT keys.attribute, keys.key FROM access_flow.integrations i JOIN (${KEYS}) AS keys
         ON keys.attribute = i.manager_attribute
       WHERE i.id = $1 AND NOT i.removed
     )
     SELECT reports.user_id AS "userId" FROM k CROSS JOIN LATERAL (${REPORTS}) AS reports
     WHERE ${IS_ONLY_ONE} ORDER BY 1 LIMIT $3`,
    [integrationId, managerId, limit],
  );
  return rows.map(({ userId }) => userId);
}
