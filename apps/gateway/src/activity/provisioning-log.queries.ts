import { columnsOf, type Tx } from '@tidegate/database';
import { EntryEntity } from './entry.entity.js';
import { type Entry, type NewEntry } from './entry.js';
import { type MilestoneEntity } from './milestone.entity.js';
import { type LoggedType, type Operation, type Result } from './operation.rule.js';

/**
 * Inserts entries of existing integrations; waits for concurrent deletions of integrations. Skips duplicate ids, which come
 * from retries after a lost response.
 */
export async function insertEntries(tx: Tx, entries: readonly NewEntry[]): Promise<void> {
  const rows = entries.map(({ nameHash, credential, ...entry }) => ({
    ...entry,
    nameHash: nameHash && `\\x${nameHash.toString('hex')}`,
    credentialKind: credential.kind,
    credentialId: credential.id,
  }));
  await tx.run(
    `INSERT INTO gateway.provisioning_log
       (id, integration_id, operation, resource_type, target_id, name_hash, result, status, scim_type, detail,
        duration_ms, request_id, credential_kind, credential_id, client_network)
     SELECT e.id, e."integrationId", e.operation, e."resourceType", e."targetId", e."nameHash", e.result, e.status,
            e."scimType", e.detail, e."durationMs", e."requestId", e."credentialKind", e."credentialId", e."clientNetwork"
     FROM jsonb_to_recordset($1::jsonb) AS e (
       id uuid, "integrationId" uuid, operation text, "resourceType" text, "targetId" uuid, "nameHash" bytea,
       result text, status integer, "scimType" text, detail text, "durationMs" real, "requestId" text,
       "credentialKind" text, "credentialId" text, "clientNetwork" text)
     JOIN gateway.integrations i ON i.id = e."integrationId"
     FOR KEY SHARE OF i
     ON CONFLICT (id) DO NOTHING`,
    [JSON.stringify(rows)],
  );
}

export interface SeenMilestone extends Pick<MilestoneEntity, 'integrationId' | 'milestone'> {
  at: Date;
}

/** Updates the times of milestones. Ordered, to avoid deadlocks between gateways. */
export async function upsertMilestones(tx: Tx, seen: readonly SeenMilestone[]): Promise<void> {
  await tx.run(
    `INSERT INTO gateway.provisioning_milestones AS m (integration_id, milestone, first_at, last_at)
     SELECT e."integrationId", e.milestone, e.at, e.at
     FROM jsonb_to_recordset($1::jsonb) AS e ("integrationId" uuid, milestone text, at timestamptz)
     JOIN gateway.integrations i ON i.id = e."integrationId"
     ORDER BY 1, 2
     FOR KEY SHARE OF i
     ON CONFLICT (integration_id, milestone) DO UPDATE SET last_at = greatest(m.last_at, excluded.last_at)`,
    [JSON.stringify(seen)],
  );
}

/** Filter of entries; undefined fields match all. */
export interface EntryFilter {
  result?: Result;
  operation?: Operation;
  resourceType?: LoggedType;
  targetId?: string;
  nameHash?: Buffer;
  requestId?: string;
  /** Lower bound of ids, inclusive; `toId` is exclusive. */
  fromId?: string;
  toId?: string;
}

/** @returns the entry as it is shown */
export const entryOf = ({ credentialKind: kind, credentialId: id, nameHash: _, ...row }: EntryEntity): Entry => ({
  ...row,
  credential: { kind, id },
});

/**
 * Entries, newest first.
 * @param before id of the last entry of the previous page
 */
export async function listEntries(
  tx: Tx,
  integrationId: string,
  { result, operation, resourceType, targetId, nameHash, requestId, fromId, toId }: EntryFilter,
  before: string | undefined,
  limit: number,
): Promise<Entry[]> {
  const rows = await tx.rows<EntryEntity>(
    `SELECT ${columnsOf(EntryEntity)} FROM gateway.provisioning_log
     WHERE integration_id = $1 AND ($2::uuid IS NULL OR id < $2)
       AND ($3::text IS NULL OR result = $3) AND ($4::text IS NULL OR operation = $4)
       AND ($5::text IS NULL OR resource_type = $5) AND ($6::uuid IS NULL OR target_id = $6)
       AND ($7::bytea IS NULL OR name_hash = $7) AND ($8::text IS NULL OR request_id = $8)
       AND ($9::uuid IS NULL OR id >= $9) AND ($10::uuid IS NULL OR id < $10)
     ORDER BY id DESC LIMIT $11`,
    [integrationId, before, result, operation, resourceType, targetId, nameHash, requestId, fromId, toId, limit],
  );
  return rows.map(entryOf);
}

/** Deletes entries before an id. @param limit number per call @returns the number of deleted entries */
export function deleteEntries(tx: Tx, integrationId: string, beforeId: string, limit: number): Promise<number> {
  return tx.run(
    `DELETE FROM gateway.provisioning_log WHERE integration_id = $1 AND id IN (
       SELECT id FROM gateway.provisioning_log WHERE integration_id = $1 AND id < $2
       ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED)`,
    [integrationId, beforeId, limit],
  );
}
