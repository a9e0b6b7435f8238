import { type GrantReply, type GroupInUse, type IdPageQuery, type ListGrants } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { equals, newest } from '../common/newest.sql.js';
import { beforeBecoming } from './grant.rule.js';
import { namedGrants } from './named-grants.queries.js';

/** @returns newest first, at most `limit` + 1 */
export async function listGrants(
  tx: Tx,
  integrationIds: string[],
  { status, userId, groupId, flowId, ...page }: ListGrants,
): Promise<GrantReply[]> {
  const [newestRows, binds] = newest('access_flow.grants', integrationIds, page, [
    equals('status', status),
    equals('user_id', userId),
    equals('group_id', groupId),
    equals('flow_id', flowId),
  ]);
  return namedGrants(tx, `(${newestRows})`, 'ORDER BY g.id DESC', binds);
}

/** @returns the number of grants that are not revoking or ended */
export async function countLive(tx: Tx, integrationIds: string[]): Promise<number> {
  const row = await tx.row<{ count: number }>(
    `SELECT count(*) AS count FROM access_flow.grants
     WHERE integration_id = ANY ($1::uuid[]) AND status <> 'ended' AND status = ANY ($2)`,
    [integrationIds, beforeBecoming('revoking')],
  );
  return row?.count ?? 0;
}

/** @returns groups with grants that are not revoking or ended, or with pending requests; ordered by id, at most `limit` + 1 */
export async function groupsInUse(tx: Tx, integrationIds: string[], page: IdPageQuery): Promise<GroupInUse[]> {
  return tx.rows<GroupInUse>(
    `SELECT group_id AS "groupId", sum(grants) AS "liveGrants", sum(requests) AS "openRequests"
     FROM (
       SELECT group_id, 1 AS grants, 0 AS requests FROM access_flow.grants
       WHERE integration_id = ANY ($1::uuid[]) AND status <> 'ended' AND status = ANY ($4)
       UNION ALL
       SELECT group_id, 0, 1 FROM access_flow.requests WHERE integration_id = ANY ($1::uuid[]) AND status = 'pending'
     ) AS used WHERE $2::uuid IS NULL OR group_id > $2 GROUP BY group_id ORDER BY group_id LIMIT $3`,
    [integrationIds, page.cursor ?? null, page.limit + 1, beforeBecoming('revoking')],
  );
}
