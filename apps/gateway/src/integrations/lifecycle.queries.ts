import { type UndecidableCount } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import {
  type CallTally,
  type Observed,
  RECENT_MINUTES,
  type StatusAndReason,
  type StatusReason,
} from './lifecycle.rule.js';

/** The status of an integration, and the input to compute it. */
export interface StatusSnapshot extends StatusAndReason {
  id: string;
  observed: Observed;
}
type Row = Omit<Observed, 'disabled' | 'tally'> &
  CallTally & { id: string; status: StatusAndReason['status'] } & StatusReason;

/** The most recently used credential counts as the configured one. OAuth clients do not expire. */
const SNAPSHOT = `SELECT i.id, i.status, i.status_code AS code, i.status_detail AS detail, i.connected_at AS "connectedAt",
    i.last_seen_at AS "lastSeenAt", i.disconnected_after_seconds AS "disconnectedAfterSeconds", now() AS now,
    i.undecidable_requests AS "undecidableRequests", i.missed_calls AS "missedCalls",
    (SELECT used.expires_at FROM (
       SELECT t.expires_at, t.last_used_at FROM gateway.scim_tokens t
       WHERE t.integration_id = i.id AND t.revoked_at IS NULL
       UNION ALL SELECT NULL, o.last_used_at FROM gateway.oauth_clients o WHERE o.integration_id = i.id
     ) used ORDER BY used.last_used_at DESC NULLS LAST, used.expires_at DESC LIMIT 1) AS "credentialExpiresAt",
    coalesce(c.calls, 0) AS calls, coalesce(c.failures, 0) AS failures, coalesce(c.refusals, 0) AS refusals,
    coalesce(c.refused_credentials, 0) AS "refusedCredentials"
  FROM gateway.integrations i
  LEFT JOIN LATERAL (
    SELECT sum(calls) AS calls, sum(failures) AS failures, sum(refusals) AS refusals,
           sum(refused_credentials) AS refused_credentials
    FROM gateway.call_counts
    WHERE integration_id = i.id AND minute > now() - interval '${RECENT_MINUTES} minutes'
  ) c ON true`;

const snapshotOf = ({ id, status, code, detail, ...row }: Row): StatusSnapshot => {
  const { calls, failures, refusals, refusedCredentials, ...rest } = row;
  const tally = { calls, failures, refusals, refusedCredentials };
  return { id, status, reason: { code, detail }, observed: { ...rest, tally, disabled: status === 'disabled' } };
};

export async function statusSnapshots(tx: Tx, ids: readonly string[]): Promise<StatusSnapshot[]> {
  return (await tx.rows<Row>(`${SNAPSHOT} WHERE i.id = ANY ($1::uuid[])`, [ids])).map(snapshotOf);
}

/** Locks the integration. @returns undefined when it does not exist */
export async function lockStatusSnapshot(tx: Tx, id: string): Promise<StatusSnapshot | undefined> {
  const row = await tx.row<Row>(`${SNAPSHOT} WHERE i.id = $1 FOR UPDATE OF i`, [id]);
  return row && snapshotOf(row);
}

/**
 * Saves the number of undecidable requests of each integration: 0 without an entry in `counts`.
 * @returns the ids of the integrations whose number changed
 */
export async function saveUndecidableCounts(
  tx: Tx,
  ids: readonly string[],
  counts: readonly UndecidableCount[],
): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(
    `WITH changed AS (
       SELECT i.id, coalesce(c.requests, 0) AS requests FROM gateway.integrations i
       LEFT JOIN jsonb_to_recordset($2::jsonb) AS c ("integrationId" uuid, requests int) ON c."integrationId" = i.id
       WHERE i.id = ANY ($1::uuid[]) AND i.undecidable_requests <> coalesce(c.requests, 0) ORDER BY i.id FOR UPDATE OF i
     )
     UPDATE gateway.integrations i SET undecidable_requests = changed.requests FROM changed WHERE i.id = changed.id
     RETURNING i.id`,
    [ids, JSON.stringify(counts)],
  );
  return rows.map(({ id }) => id);
}

/** Adds to the counts of the current minute, one row per integration. */
export async function addCounts(tx: Tx, counts: ReadonlyMap<string, CallTally>): Promise<void> {
  const rows = [...counts].map(([integrationId, tally]) => ({ integrationId, ...tally }));
  await tx.run(
    `INSERT INTO gateway.call_counts AS c (integration_id, minute, calls, failures, refusals, refused_credentials)
     SELECT "integrationId", date_trunc('minute', now()), calls, failures, refusals, "refusedCredentials"
     FROM jsonb_to_recordset($1::jsonb) AS given ("integrationId" uuid, calls int, failures int, refusals int,
                                                  "refusedCredentials" int)
     WHERE EXISTS (SELECT 1 FROM gateway.integrations i WHERE i.id = "integrationId")
     ORDER BY "integrationId"
     ON CONFLICT (integration_id, minute) DO UPDATE SET calls = c.calls + excluded.calls,
       failures = c.failures + excluded.failures, refusals = c.refusals + excluded.refusals,
       refused_credentials = c.refused_credentials + excluded.refused_credentials`,
    [JSON.stringify(rows)],
  );
}

/** Deletes counts that are no longer used. */
export async function deleteOldCounts(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.run(
    `DELETE FROM gateway.call_counts
     WHERE integration_id = ANY ($1::uuid[]) AND minute < now() - interval '${2 * RECENT_MINUTES} minutes'`,
    [ids],
  );
}
