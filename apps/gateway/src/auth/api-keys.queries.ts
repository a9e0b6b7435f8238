import { columnsOf, IsNull, type Tx } from '@tidegate/database';
import { inForce, MAKER, makerColumns, ORIGIN, PERSON } from './api-key-makers.queries.js';
import { ApiKeyEntity, ShownApiKey } from './api-key.entity.js';
import { type KeyState, WARNING_DAYS } from './api-key.rule.js';
import { type Identity, type Maker } from '../callers/caller.js';
import { type Usage } from '../limits/quota.rule.js';

/** A stored API key, without the hash of its secret. */
export interface ApiKeyRow extends ShownApiKey, Omit<KeyState, 'covered'> {
  /** Null for a root key. */
  maker: Maker | null;
  /** The person whose rights limit the key; null for root keys and keys created by them. */
  person: Identity | null;
}

/** Condition: not revoked; expired keys are listed for 30 days. */
const LISTED = `k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now() - interval '30 days')`;
const SELECT = `SELECT ${columnsOf(ShownApiKey, 'k')}, ${MAKER} AS maker,
    origin.kind IS NOT NULL AS rooted, ${PERSON} AS person,
    CASE WHEN k.expires_at <= now() THEN 'expired'
         WHEN k.expires_at <= now() + interval '${WARNING_DAYS[0]} days' THEN 'expiring' END AS "end"
  FROM gateway.api_keys k LEFT JOIN ${ORIGIN} ON true WHERE ${LISTED}`;

export interface StoredKey extends ApiKeyEntity, Pick<ApiKeyRow, 'maker' | 'person'> {
  /** Whether `lastUsedAt` must be updated. */
  stale: boolean;
}

/** @returns the key with one of the hashes, if it and all keys in its chain of creators are valid */
export function findKey(tx: Tx, hashes: readonly Buffer[]): Promise<StoredKey | undefined> {
  return tx.row(
    `SELECT ${columnsOf(ApiKeyEntity, 'k')}, ${MAKER} AS maker, ${PERSON} AS person,
            k.last_used_at IS NULL OR k.last_used_at < now() - interval '1 minute' AS stale
     FROM gateway.api_keys k CROSS JOIN ${ORIGIN} WHERE k.hash = ANY ($1::bytea[]) AND ${inForce('k')}`,
    [hashes],
  );
}

/**
 * Creates the first key, with all rights, if the table is empty. A first key that was never used is deleted first, so that
 * only the new one is valid. The lock makes concurrent uses of the old key wait; `recordUse` refuses them then.
 * @returns whether it was created
 */
export async function insertFirstKey(tx: Tx, key: Pick<ApiKeyEntity, 'id' | 'hash' | 'hint'>): Promise<boolean> {
  await tx.run('LOCK TABLE gateway.api_keys IN SHARE ROW EXCLUSIVE MODE');
  await tx.run(`DELETE FROM gateway.api_keys WHERE maker_kind = 'none' AND last_used_at IS NULL`);
  const made = await tx.run(
    `INSERT INTO gateway.api_keys (id, hash, hint, name, maker_kind)
     SELECT $1::uuid, $2::bytea, $3, 'first key', 'none' WHERE NOT EXISTS (SELECT FROM gateway.api_keys)`,
    [key.id, key.hash, key.hint],
  );
  return made > 0;
}

/** Stores the time of a use. @returns whether the key is still valid: it can have been revoked or replaced since it was read */
export async function recordUse(tx: Tx, id: string): Promise<boolean> {
  const used = await tx.update(ApiKeyEntity, { id, revokedAt: IsNull() }, { lastUsedAt: () => 'now()' });
  return used.length > 0;
}

/** Serializes changes of the number of keys, so that `countKeys` is exact. */
export async function lockKeys(tx: Tx): Promise<void> {
  await tx.run(`SELECT pg_advisory_xact_lock(hashtext('tidegate api keys'))`);
}

/** Counts the keys against each limit for a new key. @param integrationIds of the new key; null: all */
export async function countKeys(tx: Tx, integrationIds: readonly string[] | null, maker: Maker): Promise<Usage> {
  const { makerKind, makerKeyId, makerIssuer, makerSubject } = makerColumns(maker);
  const row = await tx.row<Required<Usage>>(
    `SELECT count(*) AS total, count(*) FILTER (WHERE k.integration_ids IS NULL) AS "allIntegrations",
            count(*) FILTER (WHERE (k.maker_kind, k.maker_key_id, k.maker_issuer, k.maker_subject)
                             IS NOT DISTINCT FROM ($2::text, $3::uuid, $4::text, $5::text)) AS "perCreator",
            (SELECT coalesce(max(fill.keys), 0) FROM (
               SELECT count(*) AS keys FROM gateway.api_keys k CROSS JOIN unnest(k.integration_ids) AS named (id)
               WHERE ${LISTED} AND named.id = ANY ($1::uuid[]) GROUP BY named.id) fill) AS "perIntegration"
     FROM gateway.api_keys k WHERE ${LISTED}`,
    [integrationIds ?? [], makerKind, makerKeyId, makerIssuer, makerSubject],
  );
  const { allIntegrations, ...usage } = row!;
  return integrationIds === null ? { ...usage, allIntegrations } : usage;
}

/** @returns the keys that are not revoked, also recently expired ones, oldest first */
export function listKeys(tx: Tx): Promise<ApiKeyRow[]> {
  return tx.rows(`${SELECT} ORDER BY k.id`);
}

/** @returns the key, locked, unless it is revoked or expired long ago */
export function getKey(tx: Tx, id: string): Promise<ApiKeyRow | undefined> {
  return tx.row(`${SELECT} AND k.id = $1 FOR UPDATE OF k`, [id]);
}
