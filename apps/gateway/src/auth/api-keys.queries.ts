import { type Tx } from '@tidegate/database';
import { type Scope } from './roles.js';

/** An API key as it may be shown: the secret itself is kept nowhere. */
export interface ApiKey {
  id: string;
  name: string;
  /** The last characters of the secret, to tell one from another. */
  hint: string;
  /** Null: all. */
  scopes: Scope[] | null;
  /** Null: all there are and will be. */
  integrationIds: string[] | null;
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
}

const COLUMNS = `id, name, hint, scopes, integration_ids AS "integrationIds", created_at AS "createdAt",
  expires_at AS "expiresAt", last_used_at AS "lastUsedAt"`;
const IN_FORCE = 'revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())';

export type FoundKey = Pick<ApiKey, 'id' | 'name' | 'scopes' | 'integrationIds' | 'expiresAt'> & { hash: Buffer };

/** @returns the key in force with one of the hashes */
export function findKey(tx: Tx, hashes: readonly Buffer[]): Promise<FoundKey | undefined> {
  return tx.row(
    `SELECT id, name, hash, scopes, integration_ids AS "integrationIds", expires_at AS "expiresAt" FROM gateway.api_keys
     WHERE hash = ANY ($1::bytea[]) AND ${IN_FORCE}`,
    [hashes],
  );
}

/** Remembers that a key is in use, to the minute. */
export async function markKeyUsed(tx: Tx, id: string): Promise<void> {
  await tx.run(
    `UPDATE gateway.api_keys SET last_used_at = now()
     WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')`,
    [id],
  );
}

/** Makes the first key, which may do everything. @returns whether there was none before */
export async function insertFirstKey(tx: Tx, key: { id: string; hash: Buffer; hint: string }): Promise<boolean> {
  await tx.run('LOCK TABLE gateway.api_keys IN SHARE ROW EXCLUSIVE MODE');
  const made = await tx.run(
    `INSERT INTO gateway.api_keys (id, hash, hint, name)
     SELECT $1::uuid, $2::bytea, $3, 'first key' WHERE NOT EXISTS (SELECT FROM gateway.api_keys)`,
    [key.id, key.hash, key.hint],
  );
  return made > 0;
}

export async function insertKey(
  tx: Tx,
  key: Pick<ApiKey, 'id' | 'name' | 'hint' | 'scopes' | 'integrationIds' | 'expiresAt'> & { hash: Buffer },
): Promise<ApiKey> {
  const [inserted] = await tx.rows<ApiKey>(
    `INSERT INTO gateway.api_keys (id, name, hash, hint, scopes, integration_ids, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING ${COLUMNS}`,
    [key.id, key.name, key.hash, key.hint, key.scopes, key.integrationIds, key.expiresAt],
  );
  return inserted!;
}

/** @returns those not revoked, expired ones too, oldest first */
export function listKeys(tx: Tx): Promise<ApiKey[]> {
  return tx.rows(`SELECT ${COLUMNS} FROM gateway.api_keys WHERE revoked_at IS NULL ORDER BY id`);
}

/** @returns the key, unless it is revoked */
export function getKey(tx: Tx, id: string): Promise<ApiKey | undefined> {
  return tx.row(`SELECT ${COLUMNS} FROM gateway.api_keys WHERE id = $1 AND revoked_at IS NULL FOR UPDATE`, [id]);
}

export async function revokeKey(tx: Tx, id: string): Promise<void> {
  await tx.run('UPDATE gateway.api_keys SET revoked_at = now() WHERE id = $1', [id]);
}
