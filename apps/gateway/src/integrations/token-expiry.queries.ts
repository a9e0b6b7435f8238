import { type Tx } from '@tidegate/database';

/** Days before the end of a token at which it is told in the log. */
export const WARNING_DAYS = [30, 7, 1] as const;

/** In force, with an end that nobody has prepared for: a token that was rotated is meant to end. */
const EXPIRING = `t.revoked_at IS NULL AND t.expires_at > now() AND NOT EXISTS (
  SELECT FROM gateway.scim_tokens s
  WHERE s.id = t.successor_id AND s.integration_id = t.integration_id AND s.revoked_at IS NULL
    AND (s.expires_at IS NULL OR s.expires_at > t.expires_at))`;

/** @returns seconds until the first token of these integrations ends without a successor; null when none does */
export async function secondsUntilExpiry(tx: Tx, integrationIds: readonly string[]): Promise<number | null> {
  const row = await tx.row<{ seconds: number | null }>(
    `SELECT extract(epoch FROM min(t.expires_at) - now())::float8 AS seconds
     FROM gateway.scim_tokens t WHERE t.integration_id = ANY ($1::uuid[]) AND ${EXPIRING}`,
    [integrationIds],
  );
  return row?.seconds ?? null;
}

export interface ExpiryWarning {
  id: string;
  integrationId: string;
  expiresAt: Date;
  /** Which of `WARNING_DAYS` has been reached. */
  days: number;
}

/** Takes the warnings that are due: each is given once, to one gateway. */
export function takeWarnings(tx: Tx, integrationIds: readonly string[]): Promise<ExpiryWarning[]> {
  return tx.rows<ExpiryWarning>(
    `WITH due AS (
       SELECT t.integration_id, t.id, min(days) AS days
       FROM gateway.scim_tokens t CROSS JOIN unnest($2::int[]) AS days
       WHERE t.integration_id = ANY ($1::uuid[]) AND ${EXPIRING} AND t.expires_at <= now() + make_interval(days => days)
       GROUP BY t.integration_id, t.id)
     UPDATE gateway.scim_tokens t SET warned_days = due.days FROM due
     WHERE t.integration_id = due.integration_id AND t.id = due.id AND (t.warned_days IS NULL OR t.warned_days > due.days)
     RETURNING t.id, t.integration_id AS "integrationId", t.expires_at AS "expiresAt", t.warned_days AS days`,
    [integrationIds, [...WARNING_DAYS]],
  );
}
