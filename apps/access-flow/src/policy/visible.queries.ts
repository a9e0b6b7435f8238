import { type Member } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { IS_AVAILABLE, IS_MEMBER } from '../directory/groups.queries.js';

/** SQL condition: user `userId` is eligible for flow `f`. */
export const isEligible = (userId: string) => `(f.requester_group_ids IS NULL OR EXISTS (
  SELECT 1 FROM access_flow.members m JOIN access_flow.groups g ON g.integration_id = m.integration_id AND g.id = m.group_id
  WHERE m.integration_id = f.integration_id AND m.user_id = ${userId} AND m.group_id = ANY (f.requester_group_ids)
    AND ${IS_MEMBER}))`;

/** SQL condition: user `userId` can request a group of flow `f` now. */
export const canRequest = (userId: string) => `(f.enabled AND ${isEligible(userId)}
  AND EXISTS (SELECT 1 FROM access_flow.integrations i WHERE i.id = f.integration_id AND NOT i.removed AND NOT i.disabled)
  AND EXISTS (SELECT 1 FROM access_flow.users u
    WHERE u.integration_id = f.integration_id AND u.id = ${userId} AND u.active AND NOT u.deleted)
  AND EXISTS (SELECT 1 FROM access_flow.groups g
    WHERE g.integration_id = f.integration_id AND g.id = ANY (f.group_ids) AND ${IS_AVAILABLE}))`;

/** SQL condition: user `userId` can request under flow `f` now, or is an approver of it. */
const canRequestOrReview = (userId: string) => `(${userId} = ANY (f.approver_ids) OR ${canRequest(userId)})`;

/** SQL condition: users $4 of integrations $3 can see flow `f`. In integrations that $3 does not list, all flows are visible. */
export const VISIBLE = `(f.integration_id <> ALL ($3::uuid[]) OR EXISTS (
  SELECT 1 FROM unnest($3::uuid[], $4::uuid[]) AS me (integration_id, user_id)
  WHERE me.integration_id = f.integration_id AND ${canRequestOrReview('me.user_id')}))`;

/** @returns the binds $3 and $4 of `VISIBLE` */
export const memberBinds = (members: Member[]) => [
  members.map(({ integrationId }) => integrationId),
  members.map(({ userId }) => userId),
];

/**
 * SQL condition: a user is a member of a group, can request or approve access to it, or has requested it. The arguments are
 * expressions other than columns of `f`, `g` and `m`.
 */
export const seesGroup = (integrationId: string, userId: string, groupId: string) => `(EXISTS (
    SELECT 1 FROM access_flow.members m
    JOIN access_flow.groups g ON g.integration_id = m.integration_id AND g.id = m.group_id
    WHERE m.integration_id = ${integrationId} AND m.user_id = ${userId} AND m.group_id = ${groupId} AND ${IS_MEMBER}
  ) OR EXISTS (
    SELECT 1 FROM access_flow.flows f
    WHERE f.integration_id = ${integrationId} AND ${groupId} = ANY (f.group_ids) AND ${canRequestOrReview(userId)}
  ) OR EXISTS (
    SELECT 1 FROM access_flow.requests r WHERE r.integration_id = ${integrationId} AND r.group_id = ${groupId}
      AND (r.user_id = ${userId} OR (r.status = 'pending' AND ${userId} = ANY (r.approver_ids)))
  ))`;

/** @returns whether a user is a member of a group, can request or approve access to it, or has requested it */
export async function canSeeGroup(tx: Tx, integrationId: string, userId: string, groupId: string): Promise<boolean> {
  const row = await tx.row(`SELECT 1 WHERE ${seesGroup('$1::uuid', '$2::uuid', '$3::uuid')}`, [
    integrationId,
    userId,
    groupId,
  ]);
  return row !== undefined;
}
