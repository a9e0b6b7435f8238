import { type Tx } from '@tidegate/database';
import { type FoundToken } from '../integrations/tokens.queries.js';

/** @returns the access token that stands under one of the keys; its id is the client's */
export function findAccessToken(
  tx: Tx,
  integrationId: string,
  [one, other]: readonly [Buffer, Buffer],
): Promise<Omit<FoundToken, 'hash'> | undefined> {
  return tx.row(
    `SELECT c.client_id AS id, i.status = 'disabled' AS disabled,
            i.status IN ('initializing', 'disconnected') OR i.last_seen_at IS NULL
              OR i.last_seen_at < now() - interval '1 minute' AS unheard,
            CASE WHEN s.expires_at <= now() THEN 'expired' END AS ended,
            jsonb_build_object('dialect', i.dialect, 'extensions', i.extensions) AS profile,
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
