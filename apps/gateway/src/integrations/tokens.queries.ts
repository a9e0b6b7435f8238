import { type Tx } from '@tidegate/database';
import { type ScimProfile } from '@tidegate/scim';

/** A SCIM token as it may be shown: the secret itself is kept nowhere. */
export interface ScimToken {
  id: string;
  /** The last characters of the secret, to tell one from another. */
  hint: string;
  description: string | null;
  createdAt: Date;
  lastUsedAt: Date | null;
}

const COLUMNS = `id, hint, description, created_at AS "createdAt", last_used_at AS "lastUsedAt"`;

export async function insertToken(
  tx: Tx,
  token: { id: string; integrationId: string; hash: Buffer; hint: string; description: string | null },
): Promise<ScimToken> {
  const [inserted] = await tx.rows<ScimToken>(
    `INSERT INTO gateway.scim_tokens (id, integration_id, hash, hint, description)
     VALUES ($1, $2, $3, $4, $5) RETURNING ${COLUMNS}`,
    [token.id, token.integrationId, token.hash, token.hint, token.description],
  );
  return inserted!;
}

export function listTokens(tx: Tx, integrationId: string): Promise<ScimToken[]> {
  return tx.rows<ScimToken>(
    `SELECT ${COLUMNS} FROM gateway.scim_tokens WHERE integration_id = $1 AND revoked_at IS NULL ORDER BY id`,
    [integrationId],
  );
}

/** @returns false when there is no such token in force */
export async function revokeToken(tx: Tx, integrationId: string, id: string): Promise<boolean> {
  const revoked = await tx.run(
    `UPDATE gateway.scim_tokens SET revoked_at = now() WHERE integration_id = $1 AND id = $2 AND revoked_at IS NULL`,
    [integrationId, id],
  );
  return revoked > 0;
}

/** A token in force. */
export interface FoundToken {
  id: string;
  /** Whether the integration's last call is to be written down, or changes its status. */
  unheard: boolean;
  /** Whether its time of last use is out of date. */
  stale: boolean;
  /** Whether the integration is disabled. */
  disabled: boolean;
  profile: ScimProfile;
}

/** @returns the token in force with that hash */
export function findToken(tx: Tx, integrationId: string, hash: Buffer): Promise<FoundToken | undefined> {
  return tx.row(
    `SELECT t.id, i.status = 'disabled' AS disabled,
            i.status IN ('initializing', 'disconnected') OR i.last_seen_at IS NULL
              OR i.last_seen_at < now() - interval '1 minute' AS unheard,
            jsonb_build_object('dialect', i.dialect, 'extensions', i.extensions) AS profile,
            t.last_used_at IS NULL OR t.last_used_at < now() - interval '1 minute' AS stale
     FROM gateway.scim_tokens t JOIN gateway.integrations i ON i.id = t.integration_id
     WHERE t.integration_id = $1 AND t.hash = $2 AND t.revoked_at IS NULL`,
    [integrationId, hash],
  );
}

/** Whether the integration has had a token of that hash, in force or not. */
export async function hadToken(tx: Tx, integrationId: string, hash: Buffer): Promise<boolean> {
  const row = await tx.row('SELECT 1 FROM gateway.scim_tokens WHERE integration_id = $1 AND hash = $2', [
    integrationId,
    hash,
  ]);
  return row !== undefined;
}

export async function markUsed(tx: Tx, integrationId: string, id: string): Promise<void> {
  await tx.run('UPDATE gateway.scim_tokens SET last_used_at = now() WHERE integration_id = $1 AND id = $2', [
    integrationId,
    id,
  ]);
}
