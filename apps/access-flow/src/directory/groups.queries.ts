import { type GroupMembersChanged, type GroupState } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';

/**
 * Keeps the newer state of a group; a deletion is final.
 * @returns whether the group is deleted by this very state
 */
export async function keepGroup(tx: Tx, integrationId: string, group: GroupState): Promise<{ deletedNow: boolean }> {
  const row = await tx.row<{ deleted: boolean }>(
    `INSERT INTO access_flow.groups (integration_id, id, display_name, deleted, version) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (integration_id, id) DO UPDATE
       SET display_name = excluded.display_name, deleted = excluded.deleted, version = excluded.version
       WHERE NOT groups.deleted AND (excluded.deleted OR groups.version < excluded.version)
     RETURNING deleted`,
    [integrationId, group.groupId, group.displayName, group.deleted, group.version],
  );
  return { deletedNow: row?.deleted ?? false };
}

/**
 * Locks groups for share, so that none of them can be deleted before this transaction is over.
 * @returns the ids of those that exist and are not deleted
 */
export async function lockGroups(tx: Tx, integrationId: string, ids: string[]): Promise<Set<string>> {
  const rows = await tx.rows<{ id: string }>(
    `SELECT id FROM access_flow.groups WHERE integration_id = $1 AND id = ANY ($2::uuid[]) AND NOT deleted
     ORDER BY id FOR SHARE`,
    [integrationId, ids],
  );
  return new Set(rows.map((row) => row.id));
}

/** Keeps the newest entry per (group, user), so that chunks may come in any order. */
export async function keepMembers(tx: Tx, integrationId: string, changed: GroupMembersChanged): Promise<void> {
  await tx.run(
    `INSERT INTO access_flow.members (integration_id, group_id, user_id, present, version)
     SELECT DISTINCT ON ("userId") $1::uuid, $2::uuid, "userId", present, $3::bigint
     FROM jsonb_to_recordset($4::jsonb) AS change ("userId" uuid, present boolean)
     ORDER BY "userId", present
     ON CONFLICT (integration_id, group_id, user_id) DO UPDATE
       SET present = excluded.present, version = excluded.version WHERE members.version < excluded.version`,
    [integrationId, changed.groupId, changed.version, JSON.stringify(changed.changes)],
  );
}

/** Leaves tombstones in place of a deleted user's memberships. */
export async function dropMemberships(tx: Tx, integrationId: string, userId: string): Promise<void> {
  await tx.run(
    `UPDATE access_flow.members SET present = false WHERE integration_id = $1 AND user_id = $2 AND present`,
    [integrationId, userId],
  );
}

/** @returns whether SCIM pushed the user into at least one of the groups */
export async function isPushedInto(
  tx: Tx,
  integrationId: string,
  userId: string,
  groupIds: string[],
): Promise<boolean> {
  const row = await tx.row(
    `SELECT 1 FROM access_flow.members m
     JOIN access_flow.groups g ON g.integration_id = m.integration_id AND g.id = m.group_id AND NOT g.deleted
     WHERE m.integration_id = $1 AND m.user_id = $2 AND m.group_id = ANY ($3::uuid[]) AND m.present LIMIT 1`,
    [integrationId, userId, groupIds],
  );
  return row !== undefined;
}
