import { type Tx } from '@tidegate/database';

/** Kinds of things that the authorization server remembers, as `oidc-provider` names them. */
export interface NewState {
  integrationId: string;
  key: Buffer;
  model: string;
  payload: Buffer;
  uid: Buffer | null;
  grantKey: Buffer | null;
  parentKey: Buffer | null;
  ttlSeconds: number;
}

export interface State {
  payload: Buffer;
  consumedAt: Date | null;
  expiresAt: Date;
  /** Where the grant stands that it came of. */
  grantKey: Buffer | null;
}

/** Fails by a foreign key when the grant that it came of is gone. */
export async function putState(tx: Tx, state: NewState): Promise<void> {
  await tx.run(
    `INSERT INTO gateway.oauth_states
       (integration_id, key, model, payload, uid, grant_key, parent_key, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, now() + make_interval(secs => $8))
     ON CONFLICT (integration_id, key) DO UPDATE SET payload = excluded.payload, expires_at = excluded.expires_at`,
    [
      state.integrationId,
      state.key,
      state.model,
      state.payload,
      state.uid,
      state.grantKey,
      state.parentKey,
      state.ttlSeconds,
    ],
  );
}

const COLUMNS = `payload, consumed_at AS "consumedAt", expires_at AS "expiresAt", grant_key AS "grantKey"`;

export function findState(tx: Tx, integrationId: string, key: Buffer): Promise<State | undefined> {
  return tx.row(`SELECT ${COLUMNS} FROM gateway.oauth_states WHERE integration_id = $1 AND key = $2`, [
    integrationId,
    key,
  ]);
}

export function findStateByUid(tx: Tx, integrationId: string, uid: Buffer): Promise<State | undefined> {
  return tx.row(`SELECT ${COLUMNS} FROM gateway.oauth_states WHERE integration_id = $1 AND uid = $2`, [
    integrationId,
    uid,
  ]);
}

export interface RefreshTokenState extends State {
  successorUsed: boolean;
  siblingUsed: boolean;
}

export function findRefreshToken(tx: Tx, integrationId: string, key: Buffer): Promise<RefreshTokenState | undefined> {
  const used = (relation: string) => `EXISTS (SELECT FROM gateway.oauth_states o WHERE o.integration_id = $1
     AND o.consumed_at IS NOT NULL AND ${relation})`;
  return tx.row(
    `SELECT ${COLUMNS}, ${used('o.parent_key = s.key')} AS "successorUsed",
            ${used('o.parent_key = s.parent_key AND o.key <> s.key')} AS "siblingUsed"
     FROM gateway.oauth_states s WHERE integration_id = $1 AND key = $2`,
    [integrationId, key],
  );
}

/** Deletes the oldest of one kind, until so many are left. */
export async function keepNewest(tx: Tx, integrationId: string, model: string, most: number): Promise<void> {
  await tx.run(
    `DELETE FROM gateway.oauth_states WHERE integration_id = $1 AND key IN (
       SELECT key FROM gateway.oauth_states WHERE integration_id = $1 AND model = $2
       ORDER BY created_at DESC OFFSET $3)`,
    [integrationId, model, most],
  );
}

/** Lets one refresh of a grant go on at a time. */
export async function lockState(tx: Tx, integrationId: string, key: Buffer): Promise<void> {
  await tx.run('SELECT FROM gateway.oauth_states WHERE integration_id = $1 AND key = $2 FOR UPDATE', [
    integrationId,
    key,
  ]);
}

/**
 * Writes down the first use of a code or a refresh token, and that it is to be remembered for so long.
 * @returns false when it was used before, or is gone
 */
export async function consumeState(tx: Tx, integrationId: string, key: Buffer, keepSeconds: number): Promise<boolean> {
  const consumed = await tx.run(
    `UPDATE gateway.oauth_states SET consumed_at = now(), expires_at = now() + make_interval(secs => $3)
     WHERE integration_id = $1 AND key = $2 AND consumed_at IS NULL`,
    [integrationId, key, keepSeconds],
  );
  return consumed > 0;
}

/** A grant lives on with what is issued of it. */
export async function prolongState(tx: Tx, integrationId: string, key: Buffer, ttlSeconds: number): Promise<void> {
  await tx.run(
    `UPDATE gateway.oauth_states SET expires_at = greatest(expires_at, now() + make_interval(secs => $3))
     WHERE integration_id = $1 AND key = $2`,
    [integrationId, key, ttlSeconds],
  );
}

/** A grant takes along what came of it. */
export async function deleteState(tx: Tx, integrationId: string, key: Buffer): Promise<void> {
  await tx.run('DELETE FROM gateway.oauth_states WHERE integration_id = $1 AND key = $2', [integrationId, key]);
}

/** @returns how many were deleted, of those of these integrations whose time is over */
export function deleteExpired(tx: Tx, integrationIds: readonly string[], limit: number): Promise<number> {
  return tx.run(
    `DELETE FROM gateway.oauth_states WHERE (integration_id, key) IN (
       SELECT integration_id, key FROM gateway.oauth_states
       WHERE expires_at < now() AND integration_id = ANY ($1::uuid[]) LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    [integrationIds, limit],
  );
}
