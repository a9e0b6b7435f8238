import { type UndecidableCount } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import {
  type CallTally,
  type Observed,
  RECENT_MINUTES,
  type StatusAndReason,
  type StatusReason,
} from './lifecycle.rule.js';

/** An integration as the decision about its status needs it. */
export interface Standing extends StatusAndReason {
  id: string;
  observed: Observed;
}
type Row = Omit<Observed, 'disabled' | 'tally'> &
  CallTally & { id: string; status: StatusAndReason['status'] } & StatusReason;

/** Of the credentials the one that was used last is the one that the other side has; an OAuth client does not expire. */
const STANDING = `SELECT i.id, i.status, i.status_code AS code, i.status_detail AS detail, i.connected_at AS "connectedAt",
    i.last_seen_at AS "lastSeenAt", i.disconnected_after_seconds AS "disconnectedAfterSeconds", now() AS now,
    i.undecidable_requests AS "undecidableRequests",
    (SELECT used.expires_at FROM (
       SELECT t.expires_at, t.last_used_at FROM gateway.scim_tokens t
       WHERE t.integration_id = i.id AND t.revoked_at IS NULL
       UNION ALL SELECT NULL, o.last_used_at FROM gateway.oauth_clients o WHERE o.integration_id = i.id
     ) used ORDER BY used.last_used_at DESC NULLS LAST, used.expires_at DESC LIMIT 1) AS "credentialExpiresAt",
    coalesce(c.calls, 0)::float8 AS calls, coalesce(c.failures, 0)::float8 AS failures,
    coalesce(c.refusals, 0)::float8 AS refusals, coalesce(c.refused_credentials, 0)::float8 AS "refusedCredentials"
  FROM gateway.integrations i
  LEFT JOIN LATERAL (
    SELECT sum(calls) AS calls, sum(failures) AS failures, sum(refusals) AS refusals,
           sum(refused_credentials) AS refused_credentials
    FROM gateway.call_counts
    WHERE integration_id = i.id AND minute > now() - interval '${RECENT_MINUTES} minutes'
  ) c ON true`;

const standing = ({ id, status, code, detail, ...row }: Row): Standing => {
  const { calls, failures, refusals, refusedCredentials, ...rest } = row;
  const tally = { calls, failures, refusals, refusedCredentials };
  return { id, status, reason: { code, detail }, observed: { ...rest, tally, disabled: status === 'disabled' } };
};

export async function standings(tx: Tx, ids: readonly string[]): Promise<Standing[]> {
  return (await tx.rows<Row>(`${STANDING} WHERE i.id = ANY ($1::uuid[])`, [ids])).map(standing);
}

/** @returns the integration locked, or undefined when there is none */
export async function lockStanding(tx: Tx, id: string): Promise<Standing | undefined> {
  const row = await tx.row<Row>(`${STANDING} WHERE i.id = $1 FOR UPDATE OF i`, [id]);
  return row && standing(row);
}

/**
 * Keeps how many pending requests no one can decide: none, where `counts` names no number.
 * @returns the ids of the integrations of which that was another
 */
export async function noteUndecidable(
  tx: Tx,
  ids: readonly string[],
  counts: readonly UndecidableCount[],
): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(
    `WITH said AS (
       SELECT i.id, coalesce(c.requests, 0) AS requests FROM gateway.integrations i
       LEFT JOIN jsonb_to_recordset($2::jsonb) AS c ("integrationId" uuid, requests int) ON c."integrationId" = i.id
       WHERE i.id = ANY ($1::uuid[]) AND i.undecidable_requests <> coalesce(c.requests, 0) ORDER BY i.id FOR UPDATE OF i
     )
     UPDATE gateway.integrations i SET undecidable_requests = said.requests FROM said WHERE i.id = said.id
     RETURNING i.id`,
    [ids, JSON.stringify(counts)],
  );
  return rows.map(({ id }) => id);
}

/** Adds to what is counted in this minute; one row an integration. */
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

/** Forgets counts that are no longer recent. */
export async function forgetCounts(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.run(
    `DELETE FROM gateway.call_counts
     WHERE integration_id = ANY ($1::uuid[]) AND minute < now() - interval '${2 * RECENT_MINUTES} minutes'`,
    [ids],
  );
}
