import { type Tx } from '@tidegate/database';
import { IS_MEMBER } from '../directory/groups.queries.js';
import { type RequestEntity } from './request.entity.js';

/** What selects pending requests. */
export type PendingOf = { flowIds: string[] } | { groupId: string } | { userId: string };

/** @returns the ids of the pending requests under flows, for a group or of a user */
export async function pendingIds(tx: Tx, integrationId: string, of: PendingOf): Promise<string[]> {
  const [column, ids] = columnOf(of);
  if (ids.length === 0) return [];
  const rows = await tx.rows<{ id: string }>(
    `SELECT id FROM access_flow.requests WHERE integration_id = $1 AND status = 'pending' AND ${column} = ANY ($2::uuid[])`,
    [integrationId, ids],
  );
  return rows.map(({ id }) => id);
}

function columnOf(of: PendingOf): [column: string, ids: string[]] {
  if ('flowIds' in of) return ['flow_id', of.flowIds];
  return 'groupId' in of ? ['group_id', [of.groupId]] : ['user_id', [of.userId]];
}

/** Requests per round of the reconciler. */
const STALE_AT_ONCE = 500;

/**
 * @returns the ids of the pending requests with an approver who is inactive or a group without active members, and of those that
 *   no user can decide
 */
export async function staleRequests(tx: Tx, integrationId: string): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(
    `SELECT id FROM access_flow.requests WHERE integration_id = $1 AND status = 'pending' AND undecidable
     UNION SELECT a.request_id FROM access_flow.request_approvers a
     JOIN access_flow.users u ON u.integration_id = $1 AND u.id = a.approver_id AND (u.deleted OR NOT u.active)
     WHERE a.integration_id = $1 AND a.open AND a.kind = 'user'
     UNION SELECT a.request_id FROM access_flow.request_approvers a
     WHERE a.integration_id = $1 AND a.open AND a.kind = 'group' AND NOT EXISTS (
       SELECT 1 FROM access_flow.members m
       JOIN access_flow.groups g ON g.integration_id = $1 AND g.id = m.group_id
       JOIN access_flow.users u ON u.integration_id = $1 AND u.id = m.user_id AND u.active AND NOT u.deleted
       WHERE m.integration_id = $1 AND m.group_id = a.approver_id AND ${IS_MEMBER})
     LIMIT ${STALE_AT_ONCE}`,
    [integrationId],
  );
  return rows.map(({ id }) => id);
}

/** A pending request, and the manager who is its approver now. */
export interface PendingManager {
  id: string;
  userId: string;
  managerId: string | null;
}

/**
 * @param flowIds flows with a manager among their approvers
 * @returns up to `limit` pending requests with ids above `after`, by id
 */
export function pendingManagers(
  tx: Tx,
  integrationId: string,
  flowIds: string[],
  after: string,
  limit: number,
): Promise<PendingManager[]> {
  return tx.rows<PendingManager>(
    `SELECT r.id, r.user_id AS "userId", (
       SELECT a.approver_id FROM access_flow.request_approvers a
       WHERE a.integration_id = r.integration_id AND a.request_id = r.id AND a.open AND a.source = 'manager' LIMIT 1
     ) AS "managerId"
     FROM access_flow.requests r
     WHERE r.integration_id = $1 AND r.status = 'pending' AND r.flow_id = ANY ($2::uuid[]) AND r.id > $3
     ORDER BY r.id LIMIT $4`,
    [integrationId, flowIds, after, limit],
  );
}

/** @returns the ids of the pending requests to extend grants that have ended */
export async function extensionsOfEndedGrants(tx: Tx, integrationId: string): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(
    `SELECT r.id FROM access_flow.requests r
     JOIN access_flow.grants g ON g.integration_id = r.integration_id AND g.id = r.grant_id
     WHERE r.integration_id = $1 AND r.status = 'pending' AND r.kind = 'extension' AND g.status = ANY ($2)`,
    [integrationId, ['revoking', 'ended']],
  );
  return rows.map(({ id }) => id);
}

/** @returns the pending request to extend a grant */
export function findPendingExtension(
  tx: Tx,
  integrationId: string,
  grantId: string,
): Promise<Pick<RequestEntity, 'id' | 'expiresAt'> | undefined> {
  return tx.row(
    `SELECT id, expires_at AS "expiresAt" FROM access_flow.requests
     WHERE integration_id = $1 AND grant_id = $2 AND kind = 'extension' AND status = 'pending'`,
    [integrationId, grantId],
  );
}
