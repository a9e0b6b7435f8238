import { recordEvents, type Tx } from '@tidegate/database';
import { type Ending, endingBinds, type Of } from '../ending.js';
import { SCHEMA } from '../schema.js';
import { REQUEST_COLUMNS, type RequestRow, requestEvent } from './requests.queries.js';

/** Requests end with a user, a group, a flow or an integration. */
export type OfRequests = Extract<Of, { kind: 'user' | 'group' | 'flow' | 'integration' }>;

/** $2 is the id of what ends. */
const CONDITIONS: Record<OfRequests['kind'], string> = {
  user: 'user_id = $2',
  group: 'group_id = $2',
  flow: 'flow_id = $2',
  integration: 'integration_id = $2',
};

/**
 * Locks the pending requests that an ending touches, in the order of their ids, so that two endings never wait for
 * each other: for a user also those where the user is an approver.
 *
 * @param flowIds flows whose pending requests are touched too
 */
export async function lockPending(
  tx: Tx,
  integrationId: string,
  of: OfRequests,
  flowIds: string[] = [],
): Promise<void> {
  const touched = of.kind === 'user' ? 'user_id = $2 OR $2 = ANY (approver_ids)' : CONDITIONS[of.kind];
  await tx.run(
    `SELECT 1 FROM access_flow.requests
     WHERE integration_id = $1 AND status = 'pending' AND (${touched} OR flow_id = ANY ($3::uuid[]))
     ORDER BY id FOR UPDATE`,
    [integrationId, of.id, flowIds],
  );
}

/** Cancels the pending requests of what ends, and tells it. They must be locked. @returns how many there were */
export async function cancelRequests(tx: Tx, integrationId: string, ending: Ending<OfRequests>): Promise<number> {
  const rows = await tx.rows<RequestRow>(
    `UPDATE access_flow.requests SET status = 'cancelled', status_reason = $4, version = version + 1
     WHERE integration_id = $1 AND ${CONDITIONS[ending.of.kind]} AND deactivations < $3::bigint AND status = 'pending'
     RETURNING ${REQUEST_COLUMNS}`,
    [...endingBinds(integrationId, ending.of), ending.reason],
  );
  await recordEvents(
    tx,
    SCHEMA,
    rows.map((row) => requestEvent(row, ending.cause)),
  );
  return rows.length;
}

/** Takes an approver out of the pending requests. They must be locked. @returns the ids of those that named the approver */
export async function dropApproverFromRequests(tx: Tx, integrationId: string, userId: string): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(
    `UPDATE access_flow.requests SET approver_ids = array_remove(approver_ids, $2), version = version + 1
     WHERE integration_id = $1 AND status = 'pending' AND $2 = ANY (approver_ids) RETURNING id`,
    [integrationId, userId],
  );
  return rows.map(({ id }) => id);
}
