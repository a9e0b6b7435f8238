import { type Actor, type GroupOwner, type GroupOwners } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { IS_AVAILABLE } from './groups.queries.js';
import { namedActor, type UserNames } from './names.rule.js';
import { actorIds, userNames } from './names.sql.js';
import { type KnownUser } from './users.queries.js';

/** SQL condition: the user `u` of the row `o` of `group_owners` is an owner now. */
const IS_OWNER = 'u.active AND NOT u.deleted AND u.deactivations = o.deactivations';

/**
 * @returns the ids of the users that own each group now, ordered; no entry for groups without owners, and for groups that are
 *   deleted or not synced
 */
export async function groupOwners(tx: Tx, integrationId: string, groupIds: string[]): Promise<Map<string, string[]>> {
  const rows = await tx.rows<{ groupId: string; userIds: string[] }>(
    `SELECT o.group_id AS "groupId", array_agg(o.user_id ORDER BY o.user_id) AS "userIds"
     FROM access_flow.group_owners o
     JOIN access_flow.groups g ON g.integration_id = o.integration_id AND g.id = o.group_id AND ${IS_AVAILABLE}
     JOIN access_flow.users u ON u.integration_id = o.integration_id AND u.id = o.user_id AND ${IS_OWNER}
     WHERE o.integration_id = $1 AND o.group_id = ANY ($2::uuid[]) GROUP BY o.group_id`,
    [integrationId, groupIds],
  );
  return new Map(rows.map(({ groupId, userIds }) => [groupId, userIds]));
}

/**
 * Locks a group, so that concurrent changes of its owners take turns.
 * @returns whether the group exists, is not deleted, and is synced
 */
export async function lockOwnedGroup(tx: Tx, integrationId: string, groupId: string): Promise<boolean> {
  const row = await tx.row(
    `SELECT 1 FROM access_flow.groups g WHERE integration_id = $1 AND id = $2 AND ${IS_AVAILABLE} FOR NO KEY UPDATE`,
    [integrationId, groupId],
  );
  return row !== undefined;
}

/**
 * Replaces the owners of a locked group. An owner that stays keeps the actor and the time, unless the user was deactivated
 * since.
 * @param users locked and active
 */
export async function replaceOwners(
  tx: Tx,
  integrationId: string,
  groupId: string,
  users: KnownUser[],
  addedBy: Actor,
): Promise<void> {
  const binds = [integrationId, groupId, users.map(({ id }) => id)];
  await tx.run(
    `DELETE FROM access_flow.group_owners WHERE integration_id = $1 AND group_id = $2 AND user_id <> ALL ($3::uuid[])`,
    binds,
  );
  await tx.run(
    `INSERT INTO access_flow.group_owners AS o (integration_id, group_id, user_id, deactivations, added_by)
     SELECT $1, $2, named.id, named.deactivations, $5 FROM unnest($3::uuid[], $4::integer[]) AS named (id, deactivations)
     ON CONFLICT (integration_id, group_id, user_id) DO UPDATE
       SET deactivations = excluded.deactivations, added_by = excluded.added_by, added_at = excluded.added_at
       WHERE o.deactivations <> excluded.deactivations`,
    [...binds, users.map(({ deactivations }) => deactivations), JSON.stringify(addedBy)],
  );
}

/** @returns the group with its owners, also those that are no owners any more; undefined unless it is available */
export async function findOwners(tx: Tx, integrationIds: string[], groupId: string): Promise<GroupOwners | undefined> {
  const group = await tx.row<Omit<GroupOwners, 'owners'>>(
    `SELECT integration_id AS "integrationId", id AS "groupId", display_name AS "groupName" FROM access_flow.groups g
     WHERE integration_id = ANY ($1::uuid[]) AND id = $2 AND ${IS_AVAILABLE}`,
    [integrationIds, groupId],
  );
  if (!group) return undefined;
  const rows = await tx.rows<Omit<GroupOwner, 'addedBy' | 'addedAt'> & OwnerRow>(
    `SELECT o.user_id AS "userId", u.user_name AS "userName", u.display_name AS "userDisplayName", ${IS_OWNER} AS active,
       o.added_by AS "addedBy", o.added_at AS "addedAt", ${userNames('o', actorIds('o.added_by'))} AS users
     FROM access_flow.group_owners o
     JOIN access_flow.users u ON u.integration_id = o.integration_id AND u.id = o.user_id
     WHERE o.integration_id = $1 AND o.group_id = $2 ORDER BY o.user_id`,
    [group.integrationId, groupId],
  );
  const owners = rows.map(({ users, addedBy, addedAt, ...owner }) => ({
    ...owner,
    addedBy: namedActor(addedBy, users),
    addedAt: addedAt.toISOString(),
  }));
  return { ...group, owners };
}

interface OwnerRow {
  addedBy: Actor;
  addedAt: Date;
  users: UserNames;
}
