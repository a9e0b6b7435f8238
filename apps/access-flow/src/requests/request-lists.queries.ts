import { type ListRequests, type RequestReply, type UndecidableCount } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { IS_MEMBER } from '../directory/groups.queries.js';
import { equals, type Filter, newest } from '../common/newest.sql.js';
import { namedRequests } from './named-requests.queries.js';

/**
 * The requests that one of these users is or was an approver of, directly or by a group, except for their own access.
 * @param open only those that the users can decide now
 */
const approver = (userIds: string[], open: boolean): Filter => [
  (bind) => `t.user_id <> ALL (${bind}::uuid[]) AND t.id IN (
    SELECT a.request_id FROM (
      SELECT unnest(${bind}::uuid[]) AS id
      UNION SELECT m.group_id FROM unnest(${bind}::uuid[]) AS u (id)
        JOIN access_flow.members m ON m.integration_id = i.id AND m.user_id = u.id
        JOIN access_flow.groups g ON g.integration_id = m.integration_id AND g.id = m.group_id AND ${IS_MEMBER}
    ) AS mine JOIN access_flow.request_approvers a ON a.integration_id = i.id AND a.approver_id = mine.id${
      open ? ' AND a.open' : ''
    })`,
  userIds,
];

/** @returns newest first, at most `limit` + 1; with `approverIds` without the requests of these users */
export async function listRequests(
  tx: Tx,
  integrationIds: string[],
  { status, userId, groupId, flowId, approverIds, ...page }: ListRequests,
): Promise<RequestReply[]> {
  const [newestRows, binds] = newest('access_flow.requests', integrationIds, page, [
    equals('status', status),
    equals('user_id', userId),
    equals('group_id', groupId),
    equals('flow_id', flowId),
    ...(approverIds ? [approver(approverIds, status === 'pending')] : []),
  ]);
  return namedRequests(tx, `(${newestRows})`, 'ORDER BY r.id DESC', binds);
}

export async function countPending(tx: Tx, integrationIds: string[]): Promise<number> {
  const row = await tx.row<{ count: number }>(
    `SELECT count(*) AS count FROM access_flow.requests
     WHERE integration_id = ANY ($1::uuid[]) AND status = 'pending'`,
    [integrationIds],
  );
  return row?.count ?? 0;
}

/** @returns the number of undecidable pending requests per integration, without zeros */
export async function countUndecidable(tx: Tx, integrationIds: string[]): Promise<UndecidableCount[]> {
  return tx.rows<UndecidableCount>(
    `SELECT integration_id AS "integrationId", count(*) AS requests FROM access_flow.requests
     WHERE integration_id = ANY ($1::uuid[]) AND status = 'pending' AND undecidable GROUP BY integration_id`,
    [integrationIds],
  );
}
