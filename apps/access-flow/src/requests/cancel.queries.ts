import { columnsOf, type Tx } from '@tidegate/database';
import { type AccessEnd, endBinds, type EndSubject } from '../grants/access-end.js';
import { RequestEntity } from './request.entity.js';

/** Selects the requests to cancel. */
export type RequestSubject = Extract<EndSubject, { kind: 'user' | 'group' | 'flow' | 'integration' }>;

/** Conditions on requests; $2 is the subject id. */
const CONDITIONS: Record<RequestSubject['kind'], string> = {
  user: 'user_id = $2',
  group: 'group_id = $2',
  flow: 'flow_id = $2',
  integration: 'integration_id = $2',
};

/**
 * Locks the pending requests of a subject, ordered by id to avoid deadlocks. For a user this includes requests with the
 * user as an approver.
 *
 * @param flowIds flows whose pending requests are locked too
 */
export async function lockPending(
  tx: Tx,
  integrationId: string,
  subject: RequestSubject,
  flowIds: string[] = [],
): Promise<void> {
  const condition = subject.kind === 'user' ? 'user_id = $2 OR $2 = ANY (approver_ids)' : CONDITIONS[subject.kind];
  await tx.run(
    `SELECT 1 FROM access_flow.requests
     WHERE integration_id = $1 AND status = 'pending' AND (${condition} OR flow_id = ANY ($3::uuid[]))
     ORDER BY id FOR UPDATE`,
    [integrationId, subject.id, flowIds],
  );
}

/** Cancels the pending requests of a subject, which must be locked. @returns the cancelled requests */
export function setCancelled(
  tx: Tx,
  integrationId: string,
  { subject, reason }: Pick<AccessEnd<RequestSubject>, 'subject' | 'reason'>,
): Promise<RequestEntity[]> {
  return tx.rows<RequestEntity>(
    `UPDATE access_flow.requests SET status = 'cancelled', status_reason = $4, version = version + 1
     WHERE integration_id = $1 AND ${CONDITIONS[subject.kind]} AND deactivations < $3::bigint AND status = 'pending'
     RETURNING ${columnsOf(RequestEntity)}`,
    [...endBinds(integrationId, subject), reason],
  );
}

/** Removes an approver from pending requests, which must be locked. @returns the ids of the changed requests */
export async function dropApproverFromRequests(tx: Tx, integrationId: string, userId: string): Promise<string[]> {
  const rows = await tx.rows<Pick<RequestEntity, 'id'>>(
    `UPDATE access_flow.requests SET approver_ids = array_remove(approver_ids, $2), version = version + 1
     WHERE integration_id = $1 AND status = 'pending' AND $2 = ANY (approver_ids) RETURNING id`,
    [integrationId, userId],
  );
  return rows.map(({ id }) => id);
}
