import { columnsOf, type Tx } from '@tidegate/database';
import { approvalOf } from '../policy/flows.queries.js';
import { isEligible } from '../policy/visible.queries.js';
import { type CancelReason, type Pending } from './after-change.rule.js';
import { type CurrentApprovers } from './approvers.rule.js';
import { RequestEntity } from './request.entity.js';

/** Pending requests that a change affects: by flow, optionally limited to some users, or by id. */
export type Affected = { flowIds: string[]; userIds?: string[] } | { ids: string[] };

type PendingRow = Omit<Pending, 'flow'> & { groupIds: string[]; flowApproverIds: string[] | null };

/**
 * Locks pending requests, ordered by id, and reads them with their flows. An earlier statement must have locked the flows
 * or the requests: after waiting for a lock, PostgreSQL re-reads the locked row, but not the joined flow.
 */
export async function lockAffected(tx: Tx, integrationId: string, affected: Affected): Promise<Pending[]> {
  const {
    flowIds = null,
    userIds = null,
    ids = null,
  } = affected as { flowIds?: string[]; userIds?: string[]; ids?: string[] };
  const rows = await tx.rows<PendingRow>(
    `SELECT r.id, r.user_id AS "userId", r.group_id AS "groupId", r.approver_ids AS "approverIds", r.undecidable,
       f.group_ids AS "groupIds", f.approver_ids AS "flowApproverIds", ${isEligible('r.user_id')} AS "isEligible"
     FROM access_flow.requests r
     JOIN access_flow.flows f ON f.integration_id = r.integration_id AND f.id = r.flow_id
     WHERE r.integration_id = $1 AND r.status = 'pending' AND ($2::uuid[] IS NULL OR r.flow_id = ANY ($2))
       AND ($3::uuid[] IS NULL OR r.user_id = ANY ($3)) AND ($4::uuid[] IS NULL OR r.id = ANY ($4))
     ORDER BY r.id FOR UPDATE OF r`,
    [integrationId, flowIds, userIds, ids],
  );
  return rows.map(({ groupIds, flowApproverIds, ...row }) => ({
    ...row,
    flow: { groupIds, approval: approvalOf(flowApproverIds) },
  }));
}

/** Cancels locked requests. @returns the cancelled requests */
export async function cancelPending(
  tx: Tx,
  integrationId: string,
  cancelled: { id: string; reason: CancelReason }[],
): Promise<RequestEntity[]> {
  return tx.rows<RequestEntity>(
    `UPDATE access_flow.requests SET status = 'cancelled', status_reason = given.reason, version = version + 1
     FROM jsonb_to_recordset($2::jsonb) AS given (id uuid, reason text)
     WHERE integration_id = $1 AND requests.id = given.id AND status = 'pending'
     RETURNING ${columnsOf(RequestEntity, 'requests')}`,
    [integrationId, JSON.stringify(cancelled)],
  );
}

/** Sets approvers and `undecidable` of locked requests. */
export async function setApprovers(
  tx: Tx,
  integrationId: string,
  changed: ({ id: string } & CurrentApprovers)[],
): Promise<void> {
  await tx.run(
    `UPDATE access_flow.requests SET approver_ids = given."approverIds", undecidable = given.undecidable,
       version = version + 1
     FROM jsonb_to_recordset($2::jsonb) AS given (id uuid, "approverIds" uuid[], undecidable boolean)
     WHERE integration_id = $1 AND requests.id = given.id AND status = 'pending'`,
    [integrationId, JSON.stringify(changed)],
  );
}
