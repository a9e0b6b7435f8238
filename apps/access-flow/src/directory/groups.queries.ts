import { type GroupMembersChanged, type GroupState } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { nextGroup, type NextGroup, type KnownGroup, knownGroupOf } from './group-state.rule.js';

/** SQL of a group `g` that can be borrowed and has members: all others are as absent. */
export const IS_LENT = 'g.synced AND NOT g.deleted';
/** SQL of whether a row `m` of `members` makes its user a member of its group `g`: what was told before it was taken in counts no more. */
export const IS_MEMBER = `${IS_LENT} AND m.present AND m.version >= g.sync_version`;

/**
 * Keeps a group's newer state. Its row stays locked: whoever is lending of it holds it for share.
 * @returns what ends by this very state
 */
export async function keepGroup(tx: Tx, integrationId: string, told: GroupState): Promise<NextGroup['ends']> {
  const group = knownGroupOf(told);
  const binds = (state: KnownGroup) => [
    ...[integrationId, told.groupId, state.displayName, state.deleted, state.synced, state.syncVersion, state.version],
  ];
  const made = await tx.run(
    `INSERT INTO access_flow.groups (integration_id, id, display_name, deleted, synced, sync_version, version)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
    binds(group),
  );
  if (made === 1) return undefined;
  const known = await tx.row<KnownGroup>(
    `SELECT display_name AS "displayName", deleted, synced, sync_version::float8 AS "syncVersion",
       version::float8 AS version
     FROM access_flow.groups WHERE integration_id = $1 AND id = $2 FOR UPDATE`,
    [integrationId, told.groupId],
  );
  const { state, ends } = nextGroup(known, group);
  if (state !== known)
    await tx.run(
      `UPDATE access_flow.groups SET display_name = $3, deleted = $4, synced = $5, sync_version = $6, version = $7
       WHERE integration_id = $1 AND id = $2`,
      binds(state),
    );
  return ends;
}

/** The groups of which something is borrowed or asked for, beyond the id `after`: those that the reconciler asks about. */
export async function groupsThatMatter(
  tx: Tx,
  integrationId: string,
  after: string,
  limit: number,
): Promise<GroupState[]> {
  return tx.rows<GroupState>(
    `WITH mattering AS (
       SELECT group_id AS id FROM access_flow.grants WHERE integration_id = $1 AND status <> 'ended'
       UNION SELECT group_id FROM access_flow.requests WHERE integration_id = $1 AND status = 'pending'
     )
     SELECT g.id AS "groupId", display_name AS "displayName", NULL AS "externalId", deleted, synced,
       sync_version::float8 AS "syncVersion", version::float8 AS version
     FROM access_flow.groups g JOIN mattering m ON m.id = g.id
     WHERE g.integration_id = $1 AND g.id > $2 ORDER BY g.id LIMIT $3`,
    [integrationId, after, limit],
  );
}

/** The known groups of an integration that are not deleted, beyond the id `after`. */
export function groupsAfter(tx: Tx, integrationId: string, after: string, limit: number): Promise<GroupState[]> {
  return tx.rows<GroupState>(
    `SELECT g.id AS "groupId", display_name AS "displayName", NULL AS "externalId", deleted, synced,
       sync_version::float8 AS "syncVersion", version::float8 AS version
     FROM access_flow.groups g WHERE g.integration_id = $1 AND g.id > $2 AND NOT deleted ORDER BY g.id LIMIT $3`,
    [integrationId, after, limit],
  );
}

/**
 * How the members of a group differ from a page of them.
 * @param page the group's state, and its users between the ids `after` and `upTo` (null: all after it)
 * @returns the changes that make them the same; newer changes that are stored already are not undone
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
     ), told AS (SELECT unnest($5::uuid[]) AS user_id)
     SELECT user_id AS "userId", told.user_id IS NOT NULL AS present FROM known FULL JOIN told USING (user_id)
     WHERE known.version IS NULL OR (known.version < $6
       AND (known.present <> (told.user_id IS NOT NULL) OR (known.present AND known.version < $7)))`,
    [integrationId, group.groupId, after, upTo, userIds, group.version, group.syncVersion],
  );
}

/**
 * Locks groups for share, so that none of them can be deleted or let go before this transaction is over.
 * @returns the ids of those that exist, are not deleted, and are synced
 */
export async function lockGroups(tx: Tx, integrationId: string, ids: string[]): Promise<Set<string>> {
  const rows = await tx.rows<{ id: string }>(
    `SELECT id FROM access_flow.groups g WHERE integration_id = $1 AND id = ANY ($2::uuid[]) AND ${IS_LENT}
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

/** @returns whether an active user other than `exceptId` was pushed by SCIM into at least one of the groups */
export async function hasOtherMembers(
  tx: Tx,
  integrationId: string,
  groupIds: string[],
  exceptId: string,
): Promise<boolean> {
  const row = await tx.row(
    `SELECT 1 FROM access_flow.members m
     JOIN access_flow.groups g ON g.integration_id = m.integration_id AND g.id = m.group_id
     JOIN access_flow.users u ON u.integration_id = m.integration_id AND u.id = m.user_id AND u.active AND NOT u.deleted
     WHERE m.integration_id = $1 AND m.group_id = ANY ($2::uuid[]) AND m.user_id <> $3 AND ${IS_MEMBER} LIMIT 1`,
    [integrationId, groupIds, exceptId],
  );
  return row !== undefined;
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
     JOIN access_flow.groups g ON g.integration_id = m.integration_id AND g.id = m.group_id
     WHERE m.integration_id = $1 AND m.user_id = $2 AND m.group_id = ANY ($3::uuid[]) AND ${IS_MEMBER} LIMIT 1`,
    [integrationId, userId, groupIds],
  );
  return row !== undefined;
}
