import { type ApprovalStep, type Member, type RequestReply } from '@tidegate/contracts';
import { type Bind, columnsOf, type Tx } from '@tidegate/database';
import { accessNames, type GroupNames, namedActor, type UserNames } from '../directory/names.rule.js';
import { actorIds, groupNames, userNames } from '../directory/names.sql.js';
import { IS_MEMBER } from '../directory/groups.queries.js';
import { RequestEntity } from './request.entity.js';
import { reviewsOf } from './requests.queries.js';
import { type ReviewEntity } from './review.entity.js';
import { type NamedApprover, reviewRecord, stepRecords } from './steps.rule.js';

interface NamedRow extends RequestEntity {
  flowName: string | null;
  users: UserNames;
  groups: GroupNames;
  /** Null for requests of releases that did not store the version. */
  flowSteps: ApprovalStep[] | null;
  approvers: NamedApprover[] | null;
}

interface NamedReview extends ReviewEntity {
  users: UserNames;
}

const select = (source: string) => `
  SELECT ${columnsOf(RequestEntity, 'r')}, f.name AS "flowName", v.settings -> 'steps' AS "flowSteps",
    ${groupNames('r', ['r.group_id'])} AS groups, ${userNames('r', ['r.user_id', ...actorIds('r.requested_by')])} AS users,
    (SELECT json_agg(json_build_object('step', a.step, 'tier', a.tier, 'entry', a.entry, 'kind', a.kind, 'source', a.source,
        'id', a.approver_id, 'name', coalesce(u.user_name, g.display_name), 'displayName', u.display_name)
        ORDER BY a.step, a.tier, a.entry, u.user_name, a.approver_id)
      FROM access_flow.request_approvers a
      LEFT JOIN access_flow.users u ON a.kind = 'user' AND u.integration_id = a.integration_id AND u.id = a.approver_id
      LEFT JOIN access_flow.groups g ON a.kind = 'group' AND g.integration_id = a.integration_id AND g.id = a.approver_id
      WHERE a.integration_id = r.integration_id AND a.request_id = r.id) AS approvers
  FROM ${source} r
  LEFT JOIN access_flow.flows f ON f.integration_id = r.integration_id AND f.id = r.flow_id
  LEFT JOIN access_flow.flow_versions v
    ON v.integration_id = r.integration_id AND v.flow_id = r.flow_id AND v.version = r.flow_version`;

const REVIEWERS = `, ${userNames('v', ['v.reviewer_id', ...actorIds('v.reviewed_by')])} AS users`;

/**
 * Reads requests with their reviews and the names of what they refer to.
 * @param source SQL: the table of requests, or a query of its rows in parentheses
 * @param rest SQL: conditions on the rows `r`, and their order
 */
export async function namedRequests(tx: Tx, source: string, rest: string, binds: Bind[]): Promise<RequestReply[]> {
  const rows = await tx.rows<NamedRow>(`${select(source)} ${rest}`, binds);
  const reviews = await reviewsOf<NamedReview>(tx, rows, REVIEWERS);
  return rows.map((row) => {
    const own = reviews.filter(({ requestId }) => requestId === row.id);
    return {
      id: row.id,
      integrationId: row.integrationId,
      kind: row.kind,
      flowId: row.flowId,
      flowName: row.flowName,
      flowVersion: row.flowVersion,
      ...accessNames(row, row.users, row.groups),
      userId: row.userId,
      groupId: row.groupId,
      durationSeconds: row.durationSeconds,
      approvedSeconds: row.approvedSeconds,
      startsAt: row.startsAt?.toISOString() ?? null,
      justification: row.justification,
      status: row.status,
      statusReason: row.statusReason,
      step: row.status === 'pending' ? row.step : null,
      steps: stepRecords(row, row.flowSteps ?? [], row.approvers ?? [], own),
      undecidable: row.undecidable && row.status === 'pending',
      reviews: own.map((review) => reviewRecord(row, review, review.users)),
      requestedBy: namedActor(row.requestedBy, row.users),
      grantId: row.grantId,
      createdAt: row.createdAt.toISOString(),
      expiresAt: row.expiresAt.toISOString(),
      version: row.version,
    };
  });
}

/** SQL condition: in the integrations $3, a user $4 gets access by the request `r`, made it, or is or was its approver. */
const CONCERNS = `(r.integration_id <> ALL ($3::uuid[]) OR EXISTS (
  SELECT 1 FROM unnest($3::uuid[], $4::uuid[]) AS me (integration_id, user_id)
  WHERE me.integration_id = r.integration_id AND (me.user_id = r.user_id OR r.requested_by ->> 'userId' = me.user_id::text
    OR EXISTS (SELECT 1 FROM access_flow.reviews v
      WHERE v.integration_id = r.integration_id AND v.request_id = r.id AND v.reviewer_id = me.user_id)
    OR EXISTS (SELECT 1 FROM access_flow.request_approvers a
      WHERE a.integration_id = r.integration_id AND a.request_id = r.id AND (a.approver_id = me.user_id OR EXISTS (
        SELECT 1 FROM access_flow.members m
        JOIN access_flow.groups g ON g.integration_id = m.integration_id AND g.id = m.group_id
        WHERE m.integration_id = a.integration_id AND m.group_id = a.approver_id AND m.user_id = me.user_id AND ${IS_MEMBER}))))))`;

/** @param visibleTo members who find only the requests that concern them */
export async function findRequest(
  tx: Tx,
  integrationIds: string[],
  id: string,
  visibleTo: Member[] = [],
): Promise<RequestReply | undefined> {
  const found = await namedRequests(
    tx,
    'access_flow.requests',
    `WHERE r.integration_id = ANY ($1::uuid[]) AND r.id = $2 AND ${CONCERNS}`,
    [integrationIds, id, visibleTo.map(({ integrationId }) => integrationId), visibleTo.map(({ userId }) => userId)],
  );
  return found[0];
}
