import { type Tx } from '@tidegate/database';
import { type ScimTokenEntity } from './scim-token.entity.js';
import { type StoredToken } from './tokens.queries.js';

/** @returns the access token with one of the keys; its id is that of the client */
export function findAccessToken(
  tx: Tx,
  integrationId: string,
  [one, other]: readonly [Buffer, Buffer],
): Promise<Omit<StoredToken, 'hash'> | undefined> {
  return tx.row(
    `SELECT c.client_id AS id, i.status = 'disabled' AS disabled,
            i.status IN ('initializing', 'disconnected') OR i.last_seen_at IS NULL
              OR i.last_seen_at < now() - interval '1 minute' AS "callIsDue",
            CASE WHEN s.expires_at <= now() THEN 'expired' END AS ended,
            jsonb_build_object('dialect', i.dialect, 'extensions', i.extensions) AS profile,
            i.groups_to_sync AS "groupsToSync",
            c.last_used_at IS NULL OR c.last_used_at < now() - interval '1 minute' AS stale
     FROM gateway.oauth_states s
     JOIN gateway.oauth_clients c ON c.integration_id = s.integration_id
     JOIN gateway.integrations i ON i.id = s.integration_id
     WHERE s.integration_id = $1 AND s.key IN ($2, $3)`,
    [integrationId, one, other],
  );
}

export async function markClientUsed(tx: Tx, integrationId: string): Promise<void> {
  await tx.run('UPDATE gateway.oauth_clients SET last_used_at = now() WHERE integration_id = $1', [integrationId]);
}

/** OAuth access of a client, in the form of a SCIM token. Client credentials do not expire. */
export type OAuthAccess = Pick<ScimTokenEntity, 'createdAt' | 'expiresAt' | 'lastUsedAt' | 'successorId'>;

/** @returns the active OAuth grants, and the client if it uses client credentials */
export function listOAuthAccess(tx: Tx, integrationId: string): Promise<OAuthAccess[]> {
  return tx.rows(
    `SELECT s.created_at AS "createdAt", s.expires_at AS "expiresAt", c.last_used_at AS "lastUsedAt",
            NULL AS "successorId"
     FROM gateway.oauth_clients c JOIN gateway.oauth_states s ON s.integration_id = c.integration_id
     WHERE c.integration_id = $1 AND s.model = 'Grant' AND s.expires_at > now()
     UNION ALL
     SELECT created_at, NULL, last_used_at, NULL FROM gateway.oauth_clients
     WHERE integration_id = $1 AND grant_type = 'client_credentials'`,
    [integrationId],
  );
}
