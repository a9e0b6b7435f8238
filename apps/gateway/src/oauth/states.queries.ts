import { columnsOf, type Tx } from '@tidegate/database';
import { StateEntity } from './state.entity.js';

/** An object of `oidc-provider` to store. */
export interface NewState extends Omit<StateEntity, 'createdAt' | 'consumedAt' | 'expiresAt' | 'uses'> {
  ttlSeconds: number;
}

/** @throws a foreign key violation when its grant was deleted */
export async function upsertState(tx: Tx, state: NewState): Promise<void> {
  await tx.run(
    `INSERT INTO gateway.oauth_states
       (integration_id, key, model, payload, uid, grant_key, parent_key, network, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now() + make_interval(secs => $9))
     ON CONFLICT (integration_id, key) DO UPDATE SET payload = excluded.payload, expires_at = excluded.expires_at`,
    [
      state.integrationId,
      state.key,
      state.model,
      state.payload,
      state.uid,
      state.grantKey,
      state.parentKey,
      state.network,
      state.ttlSeconds,
    ],
  );
}

export interface RefreshTokenState extends StateEntity {
  successorUsed: boolean;
  siblingUsed: boolean;
}

export function findRefreshToken(tx: Tx, integrationId: string, key: Buffer): Promise<RefreshTokenState | undefined> {
  const used = (relation: string) => `EXISTS (SELECT FROM gateway.oauth_states o WHERE o.integration_id = $1
     AND o.consumed_at IS NOT NULL AND ${relation})`;
  return tx.row(
    `SELECT ${columnsOf(StateEntity)}, ${used('o.parent_key = s.key')} AS "successorUsed",
            ${used('o.parent_key = s.parent_key AND o.key <> s.key')} AS "siblingUsed"
     FROM gateway.oauth_states s WHERE integration_id = $1 AND key = $2`,
    [integrationId, key],
  );
}

/** Maximum number of stored consent requests of an integration. */
export interface InteractionLimits {
  perNetwork: number;
  total: number;
}

/**
 * Deletes consent requests beyond the limits: the oldest of each network, and beyond the total those of the networks with
 * the most requests. If each network has one, the newest is deleted.
 * @returns the number of deleted requests
 */
export function limitInteractions(
  tx: Tx,
  integrationId: string,
  { perNetwork, total }: InteractionLimits,
): Promise<number> {
  return tx.run(
    `DELETE FROM gateway.oauth_states WHERE integration_id = $1 AND key IN (
       SELECT key FROM (
         SELECT key, rank, row_number() OVER (ORDER BY rank, created_at) AS total_rank
         FROM (SELECT key, created_at, row_number() OVER (PARTITION BY network ORDER BY created_at DESC) AS rank
               FROM gateway.oauth_states WHERE integration_id = $1 AND model = 'Interaction') per_network) ranked
       WHERE rank > $2 OR total_rank > $3)`,
    [integrationId, perNetwork, total],
  );
}

/** Locks a grant, so that its refreshes run one at a time. */
export async function lockState(tx: Tx, integrationId: string, key: Buffer): Promise<void> {
  await tx.run('SELECT FROM gateway.oauth_states WHERE integration_id = $1 AND key = $2 FOR UPDATE', [
    integrationId,
    key,
  ]);
}

/**
 * Records the first use of a code or refresh token.
 * @param keepSeconds how long a second use is detected
 * @returns false when it was used before or deleted
 */
export async function consumeState(tx: Tx, integrationId: string, key: Buffer, keepSeconds: number): Promise<boolean> {
  const consumed = await tx.run(
    `UPDATE gateway.oauth_states SET consumed_at = now(), expires_at = now() + make_interval(secs => $3)
     WHERE integration_id = $1 AND key = $2 AND consumed_at IS NULL`,
    [integrationId, key, keepSeconds],
  );
  return consumed > 0;
}

/** Counts a use of a refresh token. @returns the number of uses */
export async function countUse(tx: Tx, integrationId: string, key: Buffer): Promise<number> {
  const row = await tx.row<{ uses: number }>(
    'UPDATE gateway.oauth_states SET uses = uses + 1 WHERE integration_id = $1 AND key = $2 RETURNING uses',
    [integrationId, key],
  );
  return row?.uses ?? 0;
}

/** Deletes the access tokens issued with the siblings of a refresh token, which replaced the same token. */
export async function deleteAccessOfSiblings(tx: Tx, integrationId: string, key: Buffer): Promise<void> {
  await tx.run(
    `DELETE FROM gateway.oauth_states access USING gateway.oauth_states sibling, gateway.oauth_states used
     WHERE used.integration_id = $1 AND used.key = $2
       AND sibling.integration_id = $1 AND sibling.parent_key = used.parent_key AND sibling.key <> used.key
       AND access.integration_id = $1 AND access.parent_key = sibling.key AND access.model = 'AccessToken'`,
    [integrationId, key],
  );
}

/** Extends the expiry of a grant. */
export async function extendState(tx: Tx, integrationId: string, key: Buffer, ttlSeconds: number): Promise<void> {
  await tx.run(
    `UPDATE gateway.oauth_states SET expires_at = greatest(expires_at, now() + make_interval(secs => $3))
     WHERE integration_id = $1 AND key = $2`,
    [integrationId, key, ttlSeconds],
  );
}

/** Deletes expired objects of these integrations. @returns their number */
export function deleteExpired(tx: Tx, integrationIds: readonly string[], limit: number): Promise<number> {
  return tx.run(
    `DELETE FROM gateway.oauth_states WHERE (integration_id, key) IN (
       SELECT integration_id, key FROM gateway.oauth_states
       WHERE expires_at < now() AND integration_id = ANY ($1::uuid[]) LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    [integrationIds, limit],
  );
}
