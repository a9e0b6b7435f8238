import { type Member } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { IS_MEMBER } from '../directory/groups.queries.js';

/** SQL of whether user `userId` may request under a flow `f`. */
export const mayRequest = (userId: string) => `(f.requester_group_ids IS NULL OR EXISTS (
  SELECT 1 FROM access_flow.members m JOIN access_flow.groups g ON g.integration_id = m.integration_id AND g.id = m.group_id
  WHERE m.integration_id = f.integration_id AND m.user_id = ${userId} AND m.group_id = ANY (f.requester_group_ids)
    AND ${IS_MEMBER}))`;

/** SQL of whether a flow `f` concerns user `userId`, who may request or approve under it. */
const concernsUser = (userId: string) => `(${userId} = ANY (f.approver_ids) OR ${mayRequest(userId)})`;

/** SQL of whether the members $3 (integrations) and $4 (users) see a flow `f`; where there is no member everybody does. */
export const VISIBLE = `(f.integration_id <> ALL ($3::uuid[]) OR EXISTS (
  SELECT 1 FROM unnest($3::uuid[], $4::uuid[]) AS me (integration_id, user_id)
  WHERE me.integration_id = f.integration_id AND ${concernsUser('me.user_id')}))`;

/** The binds $3 and $4 of `VISIBLE`. */
export const memberBinds = (members: Member[]) => [
  members.map(({ integrationId }) => integrationId),
  members.map(({ userId }) => userId),
];

/** @returns whether a group concerns a user: as a member, as somebody who may request or approve access, or who requested it */
export async function seesGroup(tx: Tx, integrationId: string, userId: string, groupId: string): Promise<boolean> {
  const row = await tx.row(
    `SELECT 1 WHERE EXISTS (
       SELECT 1 FROM access_flow.members m
       JOIN access_flow.groups g ON g.integration_id = m.integration_id AND g.id = m.group_id
       WHERE m.integration_id = $1 AND m.user_id = $2 AND m.group_id = $3 AND ${IS_MEMBER}
     ) OR EXISTS (
       SELECT 1 FROM access_flow.flows f
       WHERE f.integration_id = $1 AND $3 = ANY (f.group_ids) AND ${concernsUser('$2::uuid')}
     ) OR EXISTS (
       SELECT 1 FROM access_flow.requests WHERE integration_id = $1 AND group_id = $3
         AND (user_id = $2 OR (status = 'pending' AND $2 = ANY (approver_ids)))
     )`,
    [integrationId, userId, groupId],
  );
  return row !== undefined;
}
