import { type Member } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { IS_MEMBER } from '../directory/groups.queries.js';
import { visibleFlowIds } from './visible-flows.js';

/**
 * SQL condition: in the integrations $3, only the flows $4 are visible; in others, all flows `f` are. The binds are those of
 * `flowBinds`.
 */
export const VISIBLE = `(f.integration_id <> ALL ($3::uuid[]) OR f.id = ANY ($4::uuid[]))`;

/** @returns the binds $3 and $4: the integrations of the members, and the flows that they can see */
export async function flowBinds(tx: Tx, members: readonly Member[]): Promise<[string[], string[]]> {
  return [members.map(({ integrationId }) => integrationId), await visibleFlowIds(tx, members)];
}

/**
 * SQL condition: a user is a member of a group, can request or approve access to it, or has requested it. The arguments are
 * expressions other than columns of `f`, `g` and `m`; `flowIds` are the flows that the user can see.
 */
export const seesGroup = (integrationId: string, userId: string, groupId: string, flowIds: string) => `(EXISTS (
    SELECT 1 FROM access_flow.members m
    JOIN access_flow.groups g ON g.integration_id = m.integration_id AND g.id = m.group_id
    WHERE m.integration_id = ${integrationId} AND m.user_id = ${userId} AND m.group_id = ${groupId} AND ${IS_MEMBER}
  ) OR EXISTS (
    SELECT 1 FROM access_flow.flows f
    WHERE f.integration_id = ${integrationId} AND f.id = ANY (${flowIds}) AND ${groupId} = ANY (f.group_ids)
  ) OR EXISTS (
    SELECT 1 FROM access_flow.requests r WHERE r.integration_id = ${integrationId} AND r.group_id = ${groupId}
      AND r.user_id = ${userId}
  ) OR EXISTS (
    SELECT 1 FROM access_flow.request_approvers a
    JOIN access_flow.requests r ON r.integration_id = a.integration_id AND r.id = a.request_id
    WHERE a.integration_id = ${integrationId} AND a.open AND a.approver_id = ${userId} AND r.group_id = ${groupId}
  ))`;

/** @returns whether a user is a member of a group, can request or approve access to it, or has requested it */
export async function canSeeGroup(tx: Tx, integrationId: string, userId: string, groupId: string): Promise<boolean> {
  const flowIds = await visibleFlowIds(tx, [{ integrationId, userId }]);
  const row = await tx.row(`SELECT 1 WHERE ${seesGroup('$1::uuid', '$2::uuid', '$3::uuid', '$4::uuid[]')}`, [
    integrationId,
    userId,
    groupId,
    flowIds,
  ]);
  return row !== undefined;
}
