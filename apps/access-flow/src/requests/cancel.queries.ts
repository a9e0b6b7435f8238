import { type RequestStatusReason } from '@tidegate/contracts';
import { columnsOf, type Tx } from '@tidegate/database';
import { type AccessEnd, endBinds, type EndSubject } from '../grants/access-end.js';
import { RequestEntity } from './request.entity.js';

/** Selects the requests to cancel. */
export type RequestSubject = Extract<EndSubject, { kind: 'user' | 'group' | 'flow' | 'integration' | 'requests' }>;

/** Conditions on requests; $2 is the subject id, or the ids of the requests. */
const CONDITIONS: Record<RequestSubject['kind'], string> = {
  user: 'user_id = $2',
  group: 'group_id = $2',
  flow: 'flow_id = $2',
  integration: 'integration_id = $2',
  requests: 'id = ANY ($2::uuid[])',
};

/** Locks the pending requests of a subject, ordered by id to avoid deadlocks. */
export async function lockPending(tx: Tx, integrationId: string, subject: RequestSubject): Promise<void> {
  const [integration, selected] = endBinds(integrationId, subject);
  await tx.run(
    `SELECT 1 FROM access_flow.requests
     WHERE integration_id = $1 AND status = 'pending' AND ${CONDITIONS[subject.kind]} ORDER BY id FOR UPDATE`,
    [integration, selected],
  );
}

/** Cancels the pending requests of a subject, which must be locked. @returns the cancelled requests */
export function setCancelled(
  tx: Tx,
  integrationId: string,
  { subject, reason }: Pick<AccessEnd<RequestSubject>, 'subject'> & { reason: RequestStatusReason },
): Promise<RequestEntity[]> {
  return tx.rows<RequestEntity>(
    `UPDATE access_flow.requests SET status = 'cancelled', status_reason = $4, version = version + 1
     WHERE integration_id = $1 AND ${CONDITIONS[subject.kind]} AND deactivations < $3::bigint AND status = 'pending'
     RETURNING ${columnsOf(RequestEntity)}`,
    [...endBinds(integrationId, subject), reason],
  );
}
