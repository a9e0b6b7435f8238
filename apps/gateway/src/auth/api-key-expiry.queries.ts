import { type Tx } from '@tidegate/database';
import { WARNING_DAYS } from './api-key.rule.js';

/** Condition: the key is valid and has an expiry. */
const EXPIRES = 'revoked_at IS NULL AND expires_at > now()';

/** @returns seconds until the next API key expires; null when none has an expiry */
export async function secondsUntilKeyExpiry(tx: Tx): Promise<number | null> {
  const row = await tx.row<{ seconds: number | null }>(
    `SELECT extract(epoch FROM min(expires_at) - now())::float8 AS seconds FROM gateway.api_keys WHERE ${EXPIRES}`,
  );
  return row?.seconds ?? null;
}

export interface KeyExpiryWarning {
  keyId: string;
  expiresAt: Date;
  /** Which of `WARNING_DAYS` has been reached. */
  days: number;
}

/** Claims the due warnings: one gateway gets each. Skips warnings longer before the expiry than the lifetime of the key. */
export function takeKeyWarnings(tx: Tx): Promise<KeyExpiryWarning[]> {
  return tx.rows<KeyExpiryWarning>(
    `WITH due AS (
       SELECT id, min(days) AS days FROM gateway.api_keys CROSS JOIN unnest($1::int[]) AS days
       WHERE ${EXPIRES} AND expires_at <= now() + make_interval(days => days)
         AND expires_at > created_at + make_interval(days => days)
       GROUP BY id)
     UPDATE gateway.api_keys k SET warned_days = due.days FROM due
     WHERE k.id = due.id AND (k.warned_days IS NULL OR k.warned_days > due.days)
     RETURNING k.id AS "keyId", k.expires_at AS "expiresAt", k.warned_days AS days`,
    [[...WARNING_DAYS]],
  );
}
