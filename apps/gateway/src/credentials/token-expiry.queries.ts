import { type Tx } from '@tidegate/database';

/** Days before the expiry of a token at which a warning is logged. */
export const WARNING_DAYS = [30, 7, 1] as const;

/** Valid tokens that will expire without a valid successor. */
const EXPIRING = `t.revoked_at IS NULL AND t.expires_at > now() AND NOT EXISTS (
  SELECT FROM gateway.scim_tokens s
  WHERE s.id = t.successor_id AND s.integration_id = t.integration_id AND s.revoked_at IS NULL
    AND (s.expires_at IS NULL OR s.expires_at > t.expires_at))`;

/** @returns seconds until the first token of these integrations expires without a successor; null if none does */
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
  /** The item of `WARNING_DAYS` that was reached. */
  days: number;
}

/** Claims the due warnings, so that each is logged once, by one gateway. */
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
