import { MANAGER_ATTRIBUTES, MANAGER_EXAMPLES, type ManagerReport } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { candidates, MANAGER_COLUMNS, MANAGER_ID } from './managers.sql.js';
import { attributeReports, type OutcomeCounts } from './managers.rule.js';

/**
 * The outcome of each manager value for each attribute, as `resolutionOf` decides it, for all users in one join. `selves` of
 * its users are the only match themselves.
 */
const MATCHED = MANAGER_ATTRIBUTES.map((attribute) => {
  const { column, key } = MANAGER_COLUMNS[attribute];
  return `SELECT '${attribute}' AS attribute, g.value,
      CASE WHEN t.users IS NULL THEN 'unknown' WHEN t.users > 1 THEN 'ambiguous' WHEN t.active THEN 'resolved'
        ELSE 'inactive' END AS outcome,
      g.users, CASE WHEN t.users = 1 AND t.id = ANY (g.user_ids) THEN 1 ELSE 0 END AS selves
    FROM given g LEFT JOIN (
      SELECT ${column} AS key, count(*) AS users, bool_and(u.active) AS active, (array_agg(u.id))[1] AS id
      FROM ${candidates(column)} AND ${column} IS NOT NULL GROUP BY 1) AS t ON t.key = g.${key}`;
}).join(' UNION ALL ');

/** Counts how many managers of the active users resolve. Reads all users of the integration. */
export async function reportManagers(tx: Tx, integrationId: string): Promise<ManagerReport> {
  const totals = await tx.row<Omit<ManagerReport, 'attributes'>>(
    `SELECT (SELECT manager_attribute FROM access_flow.integrations WHERE id = $1) AS "managerAttribute",
       count(*)::int AS "activeUsers", count(p.manager_value)::int AS "withManagerValue"
     FROM access_flow.users u
     LEFT JOIN access_flow.user_profiles p ON p.integration_id = u.integration_id AND p.user_id = u.id
     WHERE u.integration_id = $1 AND u.active AND NOT u.deleted`,
    [integrationId],
  );
  const counts = await tx.rows<OutcomeCounts>(
    `WITH given AS MATERIALIZED (
       SELECT p.manager_value AS value, p.manager_key AS key, ${MANAGER_ID} AS id, count(*)::int AS users,
         array_agg(p.user_id) AS user_ids
       FROM access_flow.user_profiles p JOIN access_flow.users u ON u.integration_id = p.integration_id AND u.id = p.user_id
       WHERE p.integration_id = $1 AND u.integration_id = $1 AND u.active AND NOT u.deleted
         AND p.manager_value IS NOT NULL
       GROUP BY p.manager_value, p.manager_key
     ), matched AS MATERIALIZED (${MATCHED}
     ), outcomes AS NOT MATERIALIZED (
       SELECT attribute, value, outcome, users - selves AS users FROM matched WHERE users > selves
       UNION ALL SELECT attribute, value, 'self', selves FROM matched WHERE selves > 0
     ), counts AS (SELECT attribute, outcome, sum(users)::int AS users FROM outcomes GROUP BY attribute, outcome)
     SELECT c.attribute, json_object_agg(c.outcome, c.users) AS counts,
       (SELECT coalesce(json_agg(e), '[]') FROM (
          SELECT o.value, o.outcome AS reason, o.users FROM outcomes o
          WHERE o.attribute = c.attribute AND o.outcome <> 'resolved' ORDER BY o.users DESC, o.value LIMIT $2) AS e
       ) AS examples
     FROM counts c GROUP BY c.attribute`,
    [integrationId, MANAGER_EXAMPLES],
  );
  return { ...totals!, attributes: attributeReports(counts) };
}
