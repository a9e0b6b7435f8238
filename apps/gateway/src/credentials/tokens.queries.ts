import { columnsOf, type Tx } from '@tidegate/database';
import { type ScimProfile } from '@tidegate/scim';
import { type IntegrationEntity } from '../integrations/integration.entity.js';
import { type ScimTokenEntity, ShownScimToken } from './scim-token.entity.js';

/** A SCIM token. The secret is not stored. */
export interface ScimToken extends ShownScimToken {
  /** By the clock of the database. */
  expired: boolean;
}

const COLUMNS = `${columnsOf(ShownScimToken)}, coalesce(expires_at <= now(), false) AS expired`;

/** A token to store: a keyed hash, looked up by id. */
type NewToken = Pick<
  ScimTokenEntity,
  'id' | 'integrationId' | 'hash' | 'hint' | 'description' | 'expiresAt' | 'createdBy'
>;

export async function insertToken(tx: Tx, token: NewToken): Promise<ScimToken> {
  const [inserted] = await tx.rows<ScimToken>(
    `INSERT INTO gateway.scim_tokens (id, integration_id, hash, hash_kind, hint, description, expires_at, created_by)
     VALUES ($1, $2, $3, 'hmac', $4, $5, $6, $7) RETURNING ${COLUMNS}`,
    [token.id, token.integrationId, token.hash, token.hint, token.description, token.expiresAt, token.createdBy],
  );
  return inserted!;
}

/** @returns the tokens that are not revoked: valid or expired */
export function listTokens(tx: Tx, integrationId: string): Promise<ScimToken[]> {
  return tx.rows<ScimToken>(
    `SELECT ${COLUMNS} FROM gateway.scim_tokens WHERE integration_id = $1 AND revoked_at IS NULL ORDER BY id`,
    [integrationId],
  );
}

/** Sets the successor of a token and shortens its lifetime to the overlap. */
export async function replaceToken(
  tx: Tx,
  integrationId: string,
  { id, successorId, overlapSeconds }: { id: string; successorId: string; overlapSeconds: number },
): Promise<void> {
  await tx.run(
    `UPDATE gateway.scim_tokens
     SET successor_id = $3, expires_at = least(expires_at, now() + make_interval(secs => $4))
     WHERE integration_id = $1 AND id = $2`,
    [integrationId, id, successorId, overlapSeconds],
  );
}

/** Lookup key of a token: newer tokens by id, older ones by hash. */
export type TokenKey = { id: string } | { hash: Buffer };

export interface StoredToken extends Pick<ScimTokenEntity, 'id' | 'hash'>, Pick<IntegrationEntity, 'groupsToSync'> {
  /** Why it is no longer valid. */
  ended: 'expired' | 'revoked' | null;
  /** Whether the call must be recorded, because it is due or changes the status. */
  callIsDue: boolean;
  /** Whether its time of last use must be updated. */
  stale: boolean;
  /** Whether the integration is disabled. */
  disabled: boolean;
  profile: ScimProfile;
}

/** @returns the token, valid or not */
export function findToken(tx: Tx, integrationId: string, key: TokenKey): Promise<StoredToken | undefined> {
  const [condition, bind] =
    'id' in key ? [`t.id = $2 AND t.hash_kind = 'hmac'`, key.id] : [`t.hash = $2 AND t.hash_kind = 'sha256'`, key.hash];
  return tx.row(
    `SELECT t.id, t.hash, i.status = 'disabled' AS disabled,
            i.status IN ('initializing', 'disconnected') OR i.last_seen_at IS NULL
              OR i.last_seen_at < now() - interval '1 minute' AS "callIsDue",
            CASE WHEN t.revoked_at IS NOT NULL THEN 'revoked' WHEN t.expires_at <= now() THEN 'expired' END AS ended,
            jsonb_build_object('dialect', i.dialect, 'extensions', i.extensions) AS profile,
            i.groups_to_sync AS "groupsToSync",
            t.last_used_at IS NULL OR t.last_used_at < now() - interval '1 minute' AS stale
     FROM gateway.scim_tokens t JOIN gateway.integrations i ON i.id = t.integration_id
     WHERE t.integration_id = $1 AND ${condition}`,
    [integrationId, bind],
  );
}
