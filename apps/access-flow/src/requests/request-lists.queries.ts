import { type ListRequests, type RequestReply, type UndecidableCount } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { equals, newest } from '../common/newest.sql.js';
import { namedRequests } from './named-requests.queries.js';

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
    [(bind) => `(t.approver_ids && ${bind}::uuid[] AND t.user_id <> ALL (${bind}::uuid[]))`, approverIds],
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
