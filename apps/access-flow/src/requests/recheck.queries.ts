import { type Tx } from '@tidegate/database';
import { beforeBecoming } from '../grants/grant.rule.js';

/** The users and flows that a change can affect: by flow, by user, or both. At least one is given. */
export interface Scope {
  flowIds?: string[];
  userIds?: string[];
}

/** A pending request, or a live grant. */
export interface LiveAccess {
  kind: 'request' | 'grant';
  id: string;
  flowId: string;
  userId: string;
  groupId: string;
}

/** @returns the pending requests and live grants in a scope, without locks */
export function liveAccess(tx: Tx, integrationId: string, { flowIds, userIds }: Scope): Promise<LiveAccess[]> {
  if (flowIds?.length === 0 || userIds?.length === 0) return Promise.resolve([]);
  const conditions = [
    ...(flowIds ? ['t.flow_id = ANY ($2::uuid[])'] : []),
    ...(userIds ? [`t.user_id = ANY (${flowIds ? '$3' : '$2'}::uuid[])`] : []),
  ].join(' AND ');
  const statusBind = flowIds && userIds ? '$4' : '$3';
  return tx.rows<LiveAccess>(
    `SELECT 'request' AS kind, t.id, t.flow_id AS "flowId", t.user_id AS "userId", t.group_id AS "groupId"
     FROM access_flow.requests t WHERE t.integration_id = $1 AND t.status = 'pending' AND ${conditions}
     UNION ALL
     SELECT 'grant', t.id, t.flow_id, t.user_id, t.group_id FROM access_flow.grants t
     WHERE t.integration_id = $1 AND t.status <> 'ended' AND t.status = ANY (${statusBind}) AND ${conditions}`,
    [integrationId, ...(flowIds ? [flowIds] : []), ...(userIds ? [userIds] : []), beforeBecoming('revoking')],
  );
}
