import { type Tx } from '@tidegate/database';
import { type ApiKeyEntity } from './api-key.entity.js';
import { type Identity, type Maker } from '../callers/caller.js';
import { CONFIGURED_KEY } from './maker.rule.js';

/** @param key alias of the row @returns SQL condition: the key is neither revoked nor expired */
export const inForce = (key: string): string =>
  `${key}.revoked_at IS NULL AND (${key}.expires_at IS NULL OR ${key}.expires_at > now())`;

/** SQL: the creator of the key `k` as `Maker`; null for a root key. */
export const MAKER = `CASE k.maker_kind
  WHEN 'person' THEN jsonb_build_object('kind', 'person', 'issuer', k.maker_issuer, 'subject', k.maker_subject)
  WHEN 'key' THEN jsonb_build_object('kind', 'apiKey', 'keyId', k.maker_key_id)
  WHEN 'root' THEN jsonb_build_object('kind', 'apiKey', 'keyId', '${CONFIGURED_KEY}') END`;

/**
 * SQL: the first creator in the chain of the key `k`: a person, or nulls for a root key. No row when a key of the chain is
 * revoked or expired. UNION drops duplicates, so a cycle ends.
 */
export const ORIGIN = `LATERAL (
  WITH RECURSIVE chain AS (
    SELECT k.maker_kind AS kind, k.maker_key_id AS key_id, k.maker_issuer AS issuer, k.maker_subject AS subject
    UNION
    SELECT parent.maker_kind, parent.maker_key_id, parent.maker_issuer, parent.maker_subject
    FROM chain JOIN gateway.api_keys parent ON parent.id = chain.key_id AND ${inForce('parent')})
  SELECT kind, issuer, subject FROM chain WHERE kind <> 'key') origin`;

/** SQL: the person in `ORIGIN` as `Identity`; null for a root key. */
export const PERSON = `CASE WHEN origin.kind = 'person'
  THEN jsonb_build_object('issuer', origin.issuer, 'subject', origin.subject) END`;

/** @returns the values of the columns that store a creator */
export function makerColumns(
  maker: Maker,
): Pick<ApiKeyEntity, 'makerKind' | 'makerKeyId' | 'makerIssuer' | 'makerSubject'> {
  if (maker.kind === 'person')
    return { makerKind: 'person', makerKeyId: null, makerIssuer: maker.issuer, makerSubject: maker.subject };
  const key = maker.keyId === CONFIGURED_KEY ? null : maker.keyId;
  return { makerKind: key === null ? 'root' : 'key', makerKeyId: key, makerIssuer: null, makerSubject: null };
}

/** @returns whether two keys are the same, or the other one is in the chain of creators */
export async function isMadeBy(tx: Tx, id: string, otherId: string): Promise<boolean> {
  const row = await tx.row<{ exists: boolean }>(
    `WITH RECURSIVE chain AS (
       SELECT id, maker_key_id FROM gateway.api_keys WHERE id = $1
       UNION
       SELECT p.id, p.maker_key_id FROM chain JOIN gateway.api_keys p ON p.id = chain.maker_key_id)
     SELECT EXISTS (SELECT FROM chain WHERE id = $2) AS exists`,
    [id, otherId],
  );
  return row?.exists ?? false;
}

/** @returns the persons whose rights limit the keys used in the last two minutes */
export function makersInUse(tx: Tx): Promise<Identity[]> {
  return tx.rows(
    `SELECT DISTINCT origin.issuer, origin.subject FROM gateway.api_keys k CROSS JOIN ${ORIGIN}
     WHERE ${inForce('k')} AND k.last_used_at > now() - interval '2 minutes' AND origin.kind = 'person'`,
  );
}

/** @returns whether a key has all scopes, all integrations, no expiry and no person as creator */
export async function isRootKeyLeft(tx: Tx): Promise<boolean> {
  const row = await tx.row<{ left: boolean }>(
    `SELECT EXISTS (
       SELECT FROM gateway.api_keys k CROSS JOIN ${ORIGIN}
       WHERE k.scopes IS NULL AND k.integration_ids IS NULL AND k.revoked_at IS NULL AND k.expires_at IS NULL
         AND origin.kind <> 'person') AS "left"`,
  );
  return row?.left ?? false;
}
