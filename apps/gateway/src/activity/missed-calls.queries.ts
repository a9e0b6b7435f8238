import { BEFORE_ALL } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { type CallOnObject, type MissedCount, missedOf, WRITES } from './missed-calls.rule.js';
import { type Operation } from './operation.rule.js';

/** The detail of a call that was refused because the integration was disabled. */
export const DISABLED_DETAIL = 'The integration is disabled.';

/** SQL: `r` was refused because the integration was disabled. */
const REFUSED_WHILE_DISABLED = `r.result = 'refused' AND r.detail = '${DISABLED_DETAIL}'`;

/** SQL: reads without id and name concern no object. */
const CONCERNS_AN_OBJECT = `(r.target_id IS NOT NULL OR r.name_hash IS NOT NULL
  OR r.operation IN ('create', 'replace', 'patch', 'delete', 'bulk'))`;

/** The most refused calls of an integration that are read for a count: the oldest. */
const MAX_REFUSED = 10_000;

/** @returns the integrations whose status depends on missed calls: disabled before, and enabled now */
export async function enabledAgain(tx: Tx, integrationIds: readonly string[]): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(
    `SELECT id FROM gateway.integrations WHERE id = ANY ($1::uuid[]) AND disablements > 0 AND status <> 'disabled' ORDER BY id`,
    [integrationIds],
  );
  return rows.map(({ id }) => id);
}

/**
 * Counts the calls of an integration that were refused while it was disabled, not repeated and not dismissed. It reads at most
 * `MAX_REFUSED` refused calls, and the writes of their objects: two statements, because a join of the log with itself is
 * quadratic with old statistics.
 * @returns undefined without missed calls
 */
export async function countMissedCalls(tx: Tx, integrationId: string): Promise<MissedCount | undefined> {
  const refused = await tx.rows<CallOnObject>(
    `SELECT r.id, r.operation, r.resource_type AS "resourceType", r.target_id AS "targetId",
       encode(r.name_hash, 'hex') AS "nameHash"
     FROM gateway.provisioning_log r
     WHERE r.integration_id = $1 AND ${REFUSED_WHILE_DISABLED} AND ${CONCERNS_AN_OBJECT}
       AND r.id >= (SELECT coalesce(missed_calls_after, '${BEFORE_ALL}') FROM gateway.integrations WHERE id = $1)
     ORDER BY r.id LIMIT ${MAX_REFUSED}`,
    [integrationId],
  );
  const [oldest] = refused;
  if (!oldest) return undefined;
  const given = (values: (string | null)[]) => [...new Set(values)].filter((value) => value !== null);
  const writes = await tx.rows<CallOnObject>(
    `SELECT max(o.id::text COLLATE "C") AS id, o.operation, o.resource_type AS "resourceType", o.target_id AS "targetId",
       encode(o.name_hash, 'hex') AS "nameHash"
     FROM gateway.provisioning_log o
     WHERE o.integration_id = $1 AND o.id > $2 AND o.result = 'ok' AND o.operation = ANY ($3)
       AND (o.target_id = ANY ($4::uuid[]) OR o.name_hash = ANY (ARRAY(SELECT decode(hash, 'hex') FROM unnest($5::text[]) AS hash)))
     GROUP BY o.operation, o.resource_type, o.target_id, o.name_hash`,
    [integrationId, oldest.id, WRITES, given(refused.map((r) => r.targetId)), given(refused.map((r) => r.nameHash))],
  );
  return missedOf(refused, writes);
}

/** @returns whether the number of missed calls of the integration changed */
export async function saveMissedCalls(tx: Tx, id: string, count: MissedCount | undefined): Promise<boolean> {
  const changed = await tx.run(
    `UPDATE gateway.integrations SET missed_calls = $2 WHERE id = $1 AND missed_calls <> $2`,
    [id, count?.objects ?? 0],
  );
  return changed > 0;
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

/** The most calls that are counted. */
const MAX_COUNTED = 100_000;

/** @returns the calls refused because the integration was disabled, by operation; of the first `MAX_COUNTED` */
export function countRefusedWhileDisabled(tx: Tx, integrationId: string, fromId: string): Promise<RefusedCount[]> {
  return tx.rows(
    `SELECT operation, count(*)::int AS calls, min(id::text COLLATE "C") AS first FROM (
       SELECT r.id, r.operation FROM gateway.provisioning_log r
       WHERE r.integration_id = $1 AND r.id >= $2 AND ${REFUSED_WHILE_DISABLED} ORDER BY r.id LIMIT ${MAX_COUNTED}
     ) AS refused GROUP BY operation ORDER BY operation`,
    [integrationId, fromId],
  );
}
