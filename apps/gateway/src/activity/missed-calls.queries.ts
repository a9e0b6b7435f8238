import { type Tx } from '@tidegate/database';
import { type Operation } from './operation.rule.js';

/** The detail of a call that was refused because the integration was disabled. */
export const DISABLED_DETAIL = 'The integration is disabled.';

/** SQL: `r` was refused because the integration was disabled. */
const REFUSED_WHILE_DISABLED = `r.result = 'refused' AND r.detail = '${DISABLED_DETAIL}'`;

/**
 * SQL: the write `o` repeats the refused call `r`: the same operation or a deletion. After a refused read, a client sends
 * no write, and the read does not show which, so any write repeats it.
 */
const REPEATS = `o.integration_id = r.integration_id AND o.result = 'ok' AND o.id > r.id
  AND o.operation IN ('create', 'replace', 'patch', 'delete')
  AND (o.operation IN (r.operation, 'delete') OR r.operation IN ('get', 'list', 'search'))`;

/** SQL: reads without id and name concern no object. */
const CONCERNS_AN_OBJECT = `(r.target_id IS NOT NULL OR r.name_hash IS NOT NULL
  OR r.operation IN ('create', 'replace', 'patch', 'delete', 'bulk'))`;

export interface MissedCount {
  integrationId: string;
  /** Users and groups with missed calls; a write whose object is unknown counts as one. */
  objects: number;
  /** Id of the oldest missed call. */
  oldest: string;
}

/** @returns the missed calls of each integration that has any: refused while it was disabled, not repeated, not dismissed */
export function countMissedCalls(tx: Tx, integrationIds: readonly string[]): Promise<MissedCount[]> {
  return tx.rows(
    `SELECT r.integration_id AS "integrationId", min(r.id::text) AS oldest,
       count(DISTINCT concat(r.resource_type, coalesce(r.target_id::text, encode(r.name_hash, 'hex'), r.id::text)))::int AS objects
     FROM gateway.integrations i JOIN gateway.provisioning_log r ON r.integration_id = i.id
     WHERE i.id = ANY ($1::uuid[]) AND i.disablements > 0 AND ${REFUSED_WHILE_DISABLED} AND ${CONCERNS_AN_OBJECT}
       AND (i.missed_calls_after IS NULL OR r.id >= i.missed_calls_after)
       AND NOT EXISTS (SELECT FROM gateway.provisioning_log o WHERE ${REPEATS} AND o.target_id = r.target_id)
       AND NOT EXISTS (SELECT FROM gateway.provisioning_log o
                       WHERE ${REPEATS} AND o.name_hash = r.name_hash AND o.resource_type = r.resource_type)
     GROUP BY r.integration_id`,
    [integrationIds],
  );
}

/** @returns the ids of the integrations whose number changed; 0 without an entry in `counts` */
export async function saveMissedCalls(
  tx: Tx,
  integrationIds: readonly string[],
  counts: readonly MissedCount[],
): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(
    `WITH changed AS (
       SELECT i.id, coalesce(c.objects, 0) AS objects FROM gateway.integrations i
       LEFT JOIN jsonb_to_recordset($2::jsonb) AS c ("integrationId" uuid, objects int) ON c."integrationId" = i.id
       WHERE i.id = ANY ($1::uuid[]) AND i.missed_calls <> coalesce(c.objects, 0) ORDER BY i.id FOR UPDATE OF i
     )
     UPDATE gateway.integrations i SET missed_calls = changed.objects FROM changed WHERE i.id = changed.id
     RETURNING i.id`,
    [integrationIds, JSON.stringify(counts)],
  );
  return rows.map(({ id }) => id);
}

/** Dismisses the missed calls before an id. */
export async function dismissMissedCalls(tx: Tx, integrationId: string, beforeId: string): Promise<void> {
  await tx.run(`UPDATE gateway.integrations SET missed_calls = 0, missed_calls_after = $2 WHERE id = $1`, [
    integrationId,
    beforeId,
  ]);
}

export interface RefusedCount {
  operation: Operation;
  calls: number;
  /** Id of the first one. */
  first: string;
}

/** @returns the calls refused because the integration was disabled, by operation */
export function countRefusedWhileDisabled(tx: Tx, integrationId: string, fromId: string): Promise<RefusedCount[]> {
  return tx.rows(
    `SELECT r.operation, count(*)::int AS calls, min(r.id::text) AS first FROM gateway.provisioning_log r
     WHERE r.integration_id = $1 AND r.id >= $2 AND ${REFUSED_WHILE_DISABLED}
     GROUP BY r.operation ORDER BY r.operation`,
    [integrationId, fromId],
  );
}
