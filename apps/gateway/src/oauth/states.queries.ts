import { type Tx } from '@tidegate/database';

/** Kinds of things that the authorization server remembers, as `oidc-provider` names them. */
export interface NewState {
  integrationId: string;
  key: Buffer;
  model: string;
  payload: Buffer;
  uid: Buffer | null;
  grantKey: Buffer | null;
  /** The refresh token that a refresh token replaces, or that an access token was given out with. */
  parentKey: Buffer | null;
  /** Where the request came from that it was made for. */
  network: string | null;
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

/** How many requests for consent an integration keeps. */
export interface InteractionPlaces {
  ofNetwork: number;
  total: number;
}

/**
 * Deletes requests for consent until so many are left: the oldest of each network, and of those that are too many in all
 * the ones of the networks that asked most often. Where each network has one, the newest is one too many.
 * @returns how many were deleted
 */
export function keepInteractions(
  tx: Tx,
  integrationId: string,
  { ofNetwork, total }: InteractionPlaces,
): Promise<number> {
  return tx.run(
    `DELETE FROM gateway.oauth_states WHERE integration_id = $1 AND key IN (
       SELECT key FROM (
         SELECT key, place, row_number() OVER (ORDER BY place, created_at) AS place_of_all
         FROM (SELECT key, created_at, row_number() OVER (PARTITION BY network ORDER BY created_at DESC) AS place
               FROM gateway.oauth_states WHERE integration_id = $1 AND model = 'Interaction') of_networks) of_all
       WHERE place > $2 OR place_of_all > $3)`,
    [integrationId, ofNetwork, total],
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

/** Counts that a refresh token is used. @returns how often that has happened */
export async function countUse(tx: Tx, integrationId: string, key: Buffer): Promise<number> {
  const row = await tx.row<{ uses: number }>(
    'UPDATE gateway.oauth_states SET uses = uses + 1 WHERE integration_id = $1 AND key = $2 RETURNING uses',
    [integrationId, key],
  );
  return row?.uses ?? 0;
}

/** Ends the access tokens that were given out with the siblings of a refresh token: with those that replaced the same one. */
export async function deleteAccessOfSiblings(tx: Tx, integrationId: string, key: Buffer): Promise<void> {
  await tx.run(
    `DELETE FROM gateway.oauth_states access USING gateway.oauth_states sibling, gateway.oauth_states used
     WHERE used.integration_id = $1 AND used.key = $2
       AND sibling.integration_id = $1 AND sibling.parent_key = used.parent_key AND sibling.key <> used.key
       AND access.integration_id = $1 AND access.parent_key = sibling.key AND access.model = 'AccessToken'`,
    [integrationId, key],
  );
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
