import { type Tx } from '@tidegate/database';
import { type OpenApprover } from './request-approver.entity.js';
import { type RequestEntity } from './request.entity.js';

/** @returns the approvers who can decide a request now */
export function openApprovers(tx: Tx, integrationId: string, requestId: string): Promise<OpenApprover[]> {
  return tx.rows<OpenApprover>(
    `SELECT tier, entry, kind, approver_id AS "approverId", source FROM access_flow.request_approvers
     WHERE integration_id = $1 AND request_id = $2 AND open ORDER BY tier, entry, approver_id`,
    [integrationId, requestId],
  );
}

/** @returns who is or was an approver of any step of a request */
export function allApprovers(tx: Tx, integrationId: string, requestId: string): Promise<OpenApprover[]> {
  return tx.rows<OpenApprover>(
    `SELECT tier, entry, kind, approver_id AS "approverId", source FROM access_flow.request_approvers
     WHERE integration_id = $1 AND request_id = $2`,
    [integrationId, requestId],
  );
}

/** Replaces the approvers of a step, which becomes the only open one. */
export async function setApprovers(
  tx: Tx,
  { integrationId, id }: Pick<RequestEntity, 'integrationId' | 'id'>,
  step: number,
  approvers: readonly OpenApprover[],
): Promise<void> {
  await tx.run(
    `DELETE FROM access_flow.request_approvers WHERE integration_id = $1 AND request_id = $2 AND step = $3`,
    [integrationId, id, step],
  );
  await closeApprovers(tx, integrationId, [id]);
  await tx.run(
    `INSERT INTO access_flow.request_approvers (integration_id, request_id, step, tier, entry, kind, approver_id, source)
     SELECT $1, $2, $3, tier, entry, kind, "approverId", source FROM jsonb_to_recordset($4::jsonb)
       AS a (tier text, entry integer, kind text, "approverId" uuid, source text) ON CONFLICT DO NOTHING`,
    [integrationId, id, step, JSON.stringify(approvers)],
  );
}

/** Ends the role of the approvers of requests that are decided or move to another step. */
export async function closeApprovers(tx: Tx, integrationId: string, requestIds: string[]): Promise<void> {
  await tx.run(
    `UPDATE access_flow.request_approvers SET open = false
     WHERE integration_id = $1 AND request_id = ANY ($2::uuid[]) AND open`,
    [integrationId, requestIds],
  );
}

/** Deletes the approvers of all steps of requests whose approval starts again. */
export async function deleteApprovers(tx: Tx, integrationId: string, requestIds: string[]): Promise<void> {
  await tx.run(
    `DELETE FROM access_flow.request_approvers WHERE integration_id = $1 AND request_id = ANY ($2::uuid[])`,
    [integrationId, requestIds],
  );
}

/**
 * Finds the requests whose approvers can change when a user leaves or comes back. Memberships count also when they are absent:
 * those of a deleted user are marked so before.
 * @returns the ids of the pending requests that the user can decide, and of those under flows that name a group of the user as
 * approvers
 */
export async function requestsDependingOn(tx: Tx, integrationId: string, userId: string): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(
    `SELECT request_id AS id FROM access_flow.request_approvers
     WHERE integration_id = $1 AND approver_id = $2 AND open
     UNION SELECT r.id FROM access_flow.flows f
     JOIN access_flow.requests r ON r.integration_id = f.integration_id AND r.flow_id = f.id AND r.status = 'pending'
     WHERE f.integration_id = $1 AND EXISTS (
       SELECT 1 FROM unnest(f.approver_group_ids) AS a (id)
       JOIN access_flow.members m ON m.integration_id = $1 AND m.user_id = $2 AND m.group_id = a.id)`,
    [integrationId, userId],
  );
  return rows.map(({ id }) => id);
}
