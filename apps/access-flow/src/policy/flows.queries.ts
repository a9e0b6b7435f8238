import {
  type Actor,
  type Approval,
  type FlowRecord,
  type FlowRules,
  type ListFlows,
  type Member,
} from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { memberBinds, VISIBLE } from './visible.queries.js';

interface FlowRow {
  id: string;
  integration_id: string;
  name: string;
  enabled: boolean;
  requester_group_ids: string[] | null;
  group_ids: string[];
  max_duration_seconds: number;
  approver_ids: string[] | null;
  version: number;
  created_at: Date;
  created_by: Actor | null;
  updated_by: Actor | null;
}

const COLUMNS = `id, integration_id, name, enabled, requester_group_ids, group_ids, max_duration_seconds, approver_ids,
  version, created_at, created_by, updated_by`;

/** Null means automatic; an empty list means that requests need a review and no approver is left. */
export const approvalOf = (approverIds: string[] | null): Approval =>
  approverIds === null ? { kind: 'automatic' } : { kind: 'one_approver', approverIds };
export const approverIdsOf = (approval: Approval): string[] | null =>
  approval.kind === 'automatic' ? null : approval.approverIds;

const record = (row: FlowRow): FlowRecord => ({
  id: row.id,
  integrationId: row.integration_id,
  name: row.name,
  enabled: row.enabled,
  requesters:
    row.requester_group_ids === null ? { kind: 'everyone' } : { kind: 'members_of', groupIds: row.requester_group_ids },
  groupIds: row.group_ids,
  maxDurationSeconds: row.max_duration_seconds,
  approval: approvalOf(row.approver_ids),
  version: row.version,
  createdAt: row.created_at.toISOString(),
  createdBy: row.created_by,
  updatedBy: row.updated_by,
});

const settingBinds = (settings: FlowRules, nameKey: string) => [
  settings.name,
  nameKey,
  settings.enabled,
  settings.requesters.kind === 'everyone' ? null : settings.requesters.groupIds,
  settings.groupIds,
  settings.maxDurationSeconds,
  approverIdsOf(settings.approval),
];

export async function findFlow(
  tx: Tx,
  integrationIds: string[],
  id: string,
  visibleTo: Member[] = [],
): Promise<FlowRecord | undefined> {
  const row = await tx.row<FlowRow>(
    `SELECT ${COLUMNS} FROM access_flow.flows f WHERE integration_id = ANY ($1::uuid[]) AND id = $2 AND ${VISIBLE}`,
    [integrationIds, id, ...memberBinds(visibleTo)],
  );
  return row && record(row);
}

/** @param strength SHARE prevents changes and deletion; UPDATE is required for them */
export async function lockFlow(
  tx: Tx,
  integrationId: string,
  id: string,
  strength: 'SHARE' | 'UPDATE',
): Promise<FlowRecord | undefined> {
  const row = await tx.row<FlowRow>(
    `SELECT ${COLUMNS} FROM access_flow.flows WHERE integration_id = $1 AND id = $2 FOR ${strength}`,
    [integrationId, id],
  );
  return row && record(row);
}

/** @returns newest first, at most `limit` + 1 */
export async function listFlows(
  tx: Tx,
  integrationIds: string[],
  { cursor, limit, visibleTo = [] }: ListFlows,
): Promise<FlowRecord[]> {
  const rows = await tx.rows<FlowRow>(
    `SELECT ${COLUMNS} FROM access_flow.flows f
     WHERE integration_id = ANY ($1::uuid[]) AND ($2::uuid IS NULL OR id < $2) AND ${VISIBLE} ORDER BY id DESC LIMIT $5`,
    [integrationIds, cursor ?? null, ...memberBinds(visibleTo), limit + 1],
  );
  return rows.map(record);
}

/** @returns false if another flow of the integration has the name */
export async function insertFlow(
  tx: Tx,
  integrationId: string,
  id: string,
  settings: FlowRules,
  nameKey: string,
  createdBy: Actor,
): Promise<boolean> {
  const inserted = await tx.run(
    `INSERT INTO access_flow.flows (integration_id, id, name, name_key, enabled, requester_group_ids, group_ids,
       max_duration_seconds, approver_ids, created_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT ON CONSTRAINT flow_name_is_unique DO NOTHING`,
    [integrationId, id, ...settingBinds(settings, nameKey), JSON.stringify(createdBy)],
  );
  return inserted === 1;
}

export async function updateFlow(
  tx: Tx,
  integrationId: string,
  id: string,
  settings: FlowRules,
  nameKey: string,
  updatedBy: Actor,
): Promise<void> {
  await tx.run(
    `UPDATE access_flow.flows SET name = $3, name_key = $4, enabled = $5, requester_group_ids = $6, group_ids = $7,
       max_duration_seconds = $8, approver_ids = $9, updated_by = $10, version = version + 1
     WHERE integration_id = $1 AND id = $2`,
    [integrationId, id, ...settingBinds(settings, nameKey), JSON.stringify(updatedBy)],
  );
}

export async function deleteFlow(tx: Tx, integrationId: string, id: string): Promise<void> {
  await tx.run(`DELETE FROM access_flow.flows WHERE integration_id = $1 AND id = $2`, [integrationId, id]);
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
  const rows = await tx.rows<{ id: string; forMembers: boolean | null }>(
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
  const rows = await tx.rows<{ id: string }>(
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
