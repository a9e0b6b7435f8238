import { type ApproverRecord, isUuid, Refusal, type RequestableRecord } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { IS_AVAILABLE, IS_MEMBER } from '../directory/groups.queries.js';
import { beforeBecoming } from '../grants/grant.rule.js';
import { canRequest } from '../policy/visible.queries.js';

interface RequestableRow extends Omit<RequestableRecord, 'approval' | 'endsAt'> {
  /** Null without approval. */
  approvers: ApproverRecord[] | null;
  endsAt: Date | null;
}

const requestableRecord = ({ approvers, endsAt, ...row }: RequestableRow): RequestableRecord => ({
  ...row,
  approval: approvers === null ? { kind: 'automatic' } : { kind: 'one_approver', approvers },
  endsAt: endsAt?.toISOString() ?? null,
});

/** The page is read first, so that memberships, grants and requests are looked up for its rows only. */
const STATEMENT = `
  WITH page AS (
    SELECT f.integration_id, f.id AS flow_id, f.name AS flow_name, f.max_duration_seconds, f.approver_ids,
      me.id AS user_id, g.id AS group_id, g.display_name AS group_name
    FROM access_flow.users me
    JOIN access_flow.flows f ON f.integration_id = me.integration_id AND ${canRequest('me.id')}
    JOIN access_flow.groups g ON g.integration_id = f.integration_id AND g.id = ANY (f.group_ids) AND ${IS_AVAILABLE}
    WHERE me.integration_id = ANY ($1::uuid[]) AND me.id = ANY ($2::uuid[])
      AND ($3::uuid IS NULL OR (f.id, g.id, me.id) > ($3, $4::uuid, $5::uuid))
    ORDER BY f.id, g.id, me.id LIMIT $6
  )
  SELECT p.integration_id AS "integrationId", p.user_id AS "userId", p.flow_id AS "flowId", p.flow_name AS "flowName",
    p.group_id AS "groupId", p.group_name AS "groupName", p.max_duration_seconds AS "maxDurationSeconds",
    CASE WHEN p.approver_ids IS NOT NULL THEN (
      SELECT coalesce(jsonb_agg(jsonb_build_object('id', a.id, 'userName', a.user_name, 'displayName', a.display_name)
        ORDER BY a.user_name, a.id), '[]')
      FROM access_flow.users a WHERE a.integration_id = p.integration_id AND a.id = ANY (p.approver_ids)
        AND a.id <> p.user_id AND a.active AND NOT a.deleted) END AS approvers,
    EXISTS (SELECT 1 FROM access_flow.members m
      JOIN access_flow.groups g ON g.integration_id = m.integration_id AND g.id = m.group_id
      WHERE (m.integration_id, m.group_id, m.user_id) = (p.integration_id, p.group_id, p.user_id) AND ${IS_MEMBER}
    ) AS "alreadyMember",
    live.id AS "grantId", live.ends_at AS "endsAt",
    (SELECT r.id FROM access_flow.requests r
      WHERE (r.integration_id, r.group_id, r.user_id) = (p.integration_id, p.group_id, p.user_id)
        AND r.status = 'pending' ORDER BY r.flow_id <> p.flow_id, r.id LIMIT 1) AS "requestId"
  FROM page p LEFT JOIN LATERAL (
    SELECT t.id, t.ends_at FROM access_flow.grants t
    WHERE (t.integration_id, t.group_id, t.user_id) = (p.integration_id, p.group_id, p.user_id)
      AND t.status <> 'ended' AND t.status = ANY ($7) AND t.ends_at > now() ORDER BY t.ends_at DESC, t.id LIMIT 1
  ) live ON true
  ORDER BY p.flow_id, p.group_id, p.user_id`;

/**
 * @param userIds users of the integrations; others have no rows
 * @param cursor the result of `requestableCursor` for the last row of the previous page
 * @returns what the active ones among the users can request, by flow and group, at most `limit` + 1
 * @throws Refusal `invalid` for another cursor
 */
export async function listRequestable(
  tx: Tx,
  integrationIds: string[],
  { userIds, cursor, limit }: { userIds: string[]; cursor?: string; limit: number },
): Promise<RequestableRecord[]> {
  const binds = [integrationIds, userIds, ...positionOf(cursor), limit + 1, beforeBecoming('revoking')];
  return (await tx.rows<RequestableRow>(STATEMENT, binds)).map(requestableRecord);
}

export const requestableCursor = ({ flowId, groupId, userId }: RequestableRecord): string =>
  [flowId, groupId, userId].join('.');

function positionOf(cursor: string | undefined): (string | null)[] {
  if (cursor === undefined) return [null, null, null];
  const ids = cursor.split('.');
  if (ids.length === 3 && ids.every(isUuid)) return ids;
  throw new Refusal('invalid', 'The cursor is invalid: use the nextCursor of the previous page.');
}
