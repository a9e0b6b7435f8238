import { type GroupMembersChanged, type GroupState } from '@tidegate/contracts';
import { columnsOf, MoreThan, type Tx } from '@tidegate/database';
import { foldCase } from '@tidegate/scim';
import { nextGroup, type NextGroup, type KnownGroup, knownGroupOf } from './group-state.rule.js';
import { GroupEntity } from './group.entity.js';

/** SQL condition: the group `g` is synced and not deleted. All other groups are treated as missing. */
export const IS_AVAILABLE = 'g.synced AND NOT g.deleted';
/** SQL condition: the row `m` of `members` is a membership in `g`. Rows from before the group was last synced do not count. */
export const IS_MEMBER = `${IS_AVAILABLE} AND m.present AND m.version >= g.sync_version`;

/** The external id is not stored. */
const groupState = ({ integrationId: _, id: groupId, displayNameKey: _key, ...state }: GroupEntity): GroupState => ({
  groupId,
  externalId: null,
  ...state,
});

/**
 * Stores a group's state if it is newer. Locks the row for update; transactions that grant lock it for share.
 * @returns why the earlier grants of the group end; undefined if they continue
 */
export async function storeGroup(tx: Tx, integrationId: string, received: GroupState): Promise<NextGroup['ends']> {
  const group = knownGroupOf(received);
  const binds = (state: KnownGroup) => [
    ...[
      integrationId,
      received.groupId,
      state.displayName,
      state.deleted,
      state.synced,
      state.syncVersion,
      state.version,
      foldCase(state.displayName),
    ],
  ];
  const inserted = await tx.run(
    `INSERT INTO access_flow.groups (integration_id, id, display_name, deleted, synced, sync_version, version, display_name_key)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
    binds(group),
  );
  if (inserted === 1) return undefined;
  const known = await tx.row<GroupEntity>(
    `SELECT ${columnsOf(GroupEntity)} FROM access_flow.groups WHERE integration_id = $1 AND id = $2 FOR UPDATE`,
    [integrationId, received.groupId],
  );
  const { state, ends } = nextGroup(known, group);
  if (state !== known)
    await tx.run(
      `UPDATE access_flow.groups SET display_name = $3, deleted = $4, synced = $5, sync_version = $6, version = $7,
         display_name_key = $8
       WHERE integration_id = $1 AND id = $2`,
      binds(state),
    );
  return ends;
}

/** @returns up to `limit` groups with live grants or pending requests and ids above `after`, by id */
export async function groupsWithAccess(
  tx: Tx,
  integrationId: string,
  after: string,
  limit: number,
): Promise<GroupState[]> {
  const groups = await tx.rows<GroupEntity>(
    `WITH with_access AS (
       SELECT group_id AS id FROM access_flow.grants WHERE integration_id = $1 AND status <> 'ended'
       UNION SELECT group_id FROM access_flow.requests WHERE integration_id = $1 AND status = 'pending'
     )
     SELECT ${columnsOf(GroupEntity, 'g')} FROM access_flow.groups g JOIN with_access a ON a.id = g.id
     WHERE g.integration_id = $1 AND g.id > $2 ORDER BY g.id LIMIT $3`,
    [integrationId, after, limit],
  );
  return groups.map(groupState);
}

/** @returns up to `limit` groups that are not deleted and have ids above `after`, by id */
export async function groupsAfter(tx: Tx, integrationId: string, after: string, limit: number): Promise<GroupState[]> {
  const where = { integrationId, id: MoreThan(after), deleted: false };
  return (await tx.find(GroupEntity, { where, order: { id: 'ASC' }, take: limit })).map(groupState);
}

/**
 * Compares the stored members of a group with a page of its members in identity.
 * @param page the group's state, and its members with ids above `after` up to `upTo` (null: without an upper bound)
 * @returns the changes that make the stored members equal to the page; they undo no stored change that is newer
 */
export function memberDifferences(
  tx: Tx,
  integrationId: string,
  page: { group: GroupState; userIds: readonly string[]; after: string; upTo: string | null },
): Promise<GroupMembersChanged['changes']> {
  const { group, userIds, after, upTo } = page;
  return tx.rows(
    `WITH known AS (
       SELECT user_id, present, version FROM access_flow.members
       WHERE integration_id = $1 AND group_id = $2 AND user_id > $3 AND ($4::uuid IS NULL OR user_id <= $4)
     ), received AS (SELECT unnest($5::uuid[]) AS user_id)
     SELECT user_id AS "userId", received.user_id IS NOT NULL AS present FROM known FULL JOIN received USING (user_id)
     WHERE known.version IS NULL OR (known.version < $6
       AND (known.present <> (received.user_id IS NOT NULL) OR (known.present AND known.version < $7)))`,
    [integrationId, group.groupId, after, upTo, userIds, group.version, group.syncVersion],
  );
}

/**
 * Locks groups for share. None of them can be deleted or removed from sync until the transaction ends.
 * @returns the ids of those that exist, are not deleted, and are synced
 */
export async function lockGroups(tx: Tx, integrationId: string, ids: string[]): Promise<Set<string>> {
  const rows = await tx.rows<Pick<GroupEntity, 'id'>>(
    `SELECT id FROM access_flow.groups g WHERE integration_id = $1 AND id = ANY ($2::uuid[]) AND ${IS_AVAILABLE}
     ORDER BY id FOR SHARE`,
    [integrationId, ids],
  );
  return new Set(rows.map((row) => row.id));
}

/** @returns the ids of those groups that exist, are not deleted, and are synced */
export async function availableGroups(tx: Tx, integrationId: string, ids: string[]): Promise<Set<string>> {
  const rows = await tx.rows<Pick<GroupEntity, 'id'>>(
    `SELECT g.id FROM unnest($2::uuid[]) AS i (id)
     JOIN access_flow.groups g ON g.integration_id = $1 AND g.id = i.id WHERE ${IS_AVAILABLE}`,
    [integrationId, ids],
  );
  return new Set(rows.map((row) => row.id));
}

/** Stores the newest entry per group and user, so chunks can arrive in any order. */
export async function storeMembers(tx: Tx, integrationId: string, changed: GroupMembersChanged): Promise<void> {
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

/** Marks the memberships of a deleted user as absent. The rows stay, so a late event cannot restore them. */
export async function dropMemberships(tx: Tx, integrationId: string, userId: string): Promise<void> {
  await tx.run(
    `UPDATE access_flow.members SET present = false WHERE integration_id = $1 AND user_id = $2 AND present`,
    [integrationId, userId],
  );
}
