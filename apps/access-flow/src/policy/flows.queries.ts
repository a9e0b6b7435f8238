import { type Approval, type FlowRules, type UnnamedFlow } from '@tidegate/contracts';
import { columnsOf, type Tx } from '@tidegate/database';
import { foldCase } from '@tidegate/scim';
import { FlowEntity } from './flow.entity.js';

export const approvalOf = (approverIds: string[] | null): Approval =>
  approverIds === null ? { kind: 'automatic' } : { kind: 'one_approver', approverIds };
export const approverIdsOf = (approval: Approval): string[] | null =>
  approval.kind === 'automatic' ? null : approval.approverIds;

export const flowRecord = (flow: FlowEntity): UnnamedFlow => ({
  id: flow.id,
  integrationId: flow.integrationId,
  name: flow.name,
  enabled: flow.enabled,
  requesters:
    flow.requesterGroupIds === null ? { kind: 'everyone' } : { kind: 'members_of', groupIds: flow.requesterGroupIds },
  groupIds: flow.groupIds,
  maxDurationSeconds: flow.maxDurationSeconds,
  approval: approvalOf(flow.approverIds),
  version: flow.version,
  createdAt: flow.createdAt.toISOString(),
  createdBy: flow.createdBy,
  updatedBy: flow.updatedBy,
});

/** @returns the columns that settings determine */
export const settingColumns = (settings: FlowRules): Partial<FlowEntity> => ({
  name: settings.name,
  nameKey: foldCase(settings.name),
  enabled: settings.enabled,
  requesterGroupIds: settings.requesters.kind === 'everyone' ? null : settings.requesters.groupIds,
  groupIds: settings.groupIds,
  maxDurationSeconds: settings.maxDurationSeconds,
  approverIds: approverIdsOf(settings.approval),
});

/** @returns the flow without names, for decisions */
export async function findFlow(tx: Tx, integrationIds: string[], id: string): Promise<UnnamedFlow | undefined> {
  const flow = await tx.row<FlowEntity>(
    `SELECT ${columnsOf(FlowEntity)} FROM access_flow.flows WHERE integration_id = ANY ($1::uuid[]) AND id = $2`,
    [integrationIds, id],
  );
  return flow && flowRecord(flow);
}

/** @param strength SHARE prevents changes and deletion; UPDATE is required for them */
export async function lockFlow(
  tx: Tx,
  integrationId: string,
  id: string,
  strength: 'SHARE' | 'UPDATE',
): Promise<UnnamedFlow | undefined> {
  const flow = await tx.row<FlowEntity>(
    `SELECT ${columnsOf(FlowEntity)} FROM access_flow.flows WHERE integration_id = $1 AND id = $2 FOR ${strength}`,
    [integrationId, id],
  );
  return flow && flowRecord(flow);
}

/** Removes an approver from all flows. A flow that loses its last approver does not become automatic. */
export async function dropApproverFromFlows(tx: Tx, integrationId: string, userId: string): Promise<void> {
  await tx.run(
    `WITH named AS (
       SELECT id FROM access_flow.flows WHERE integration_id = $1 AND $2 = ANY (approver_ids) ORDER BY id FOR UPDATE
     )
     UPDATE access_flow.flows f SET approver_ids = array_remove(approver_ids, $2), version = version + 1
     FROM named WHERE f.integration_id = $1 AND f.id = named.id`,
    [integrationId, userId],
  );
}

/**
 * Removes a group from all flows. A flow that loses its last requester group has no eligible users.
 * @returns the ids of the flows for which members of the group were eligible; they are locked
 */
export async function dropGroupFromFlows(tx: Tx, integrationId: string, groupId: string): Promise<string[]> {
  const rows = await tx.rows<Pick<FlowEntity, 'id'> & { forMembers: boolean | null }>(
    `WITH named AS (
       SELECT id, $2 = ANY (requester_group_ids) AS "forMembers" FROM access_flow.flows
       WHERE integration_id = $1 AND ($2 = ANY (group_ids) OR $2 = ANY (requester_group_ids)) ORDER BY id FOR UPDATE
     )
     UPDATE access_flow.flows f SET group_ids = array_remove(group_ids, $2),
       requester_group_ids = array_remove(requester_group_ids, $2), version = version + 1
     FROM named WHERE f.integration_id = $1 AND f.id = named.id RETURNING f.id, named."forMembers"`,
    [integrationId, groupId],
  );
  return rows.filter(({ forMembers }) => forMembers).map(({ id }) => id);
}

/**
 * Locks for share, ordered by id, the flows for which members of a group are eligible. The group must be locked, so that
 * no other flow can add it.
 * @returns their ids
 */
export async function lockFlowsForMembersOf(tx: Tx, integrationId: string, groupId: string): Promise<string[]> {
  const rows = await tx.rows<Pick<FlowEntity, 'id'>>(
    `SELECT id FROM access_flow.flows WHERE integration_id = $1 AND $2 = ANY (requester_group_ids)
     ORDER BY id FOR SHARE`,
    [integrationId, groupId],
  );
  return rows.map(({ id }) => id);
}

export async function disableFlows(tx: Tx, integrationId: string): Promise<void> {
  await tx.run(
    `WITH enabled AS (
       SELECT id FROM access_flow.flows WHERE integration_id = $1 AND enabled ORDER BY id FOR UPDATE
     )
     UPDATE access_flow.flows f SET enabled = false, version = version + 1
     FROM enabled WHERE f.integration_id = $1 AND f.id = enabled.id`,
    [integrationId],
  );
}
