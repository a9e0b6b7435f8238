import { type RequestReply } from '@tidegate/contracts';
import { type Bind, columnsOf, type Tx } from '@tidegate/database';
import {
  accessNames,
  type GroupNames,
  namedActor,
  type UserNames,
  userNameOf,
  userRefs,
} from '../directory/names.rule.js';
import { actorIds, groupNames, userNames } from '../directory/names.sql.js';
import { RequestEntity } from './request.entity.js';
import { requestRecord, reviewsOf } from './requests.queries.js';
import { type ReviewEntity } from './review.entity.js';

interface NamedRow extends RequestEntity {
  flowName: string | null;
  users: UserNames;
  groups: GroupNames;
}

interface NamedReview extends ReviewEntity {
  users: UserNames;
}

const select = (source: string) => `
  SELECT ${columnsOf(RequestEntity, 'r')}, f.name AS "flowName", ${groupNames('r', ['r.group_id'])} AS groups,
    ${userNames('r', ['r.user_id', ...actorIds('r.requested_by')], ['r.approver_ids'])} AS users
  FROM ${source} r
  LEFT JOIN access_flow.flows f ON f.integration_id = r.integration_id AND f.id = r.flow_id`;

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
    const request = requestRecord(row, own);
    return {
      ...request,
      ...accessNames(row, row.users, row.groups),
      flowName: row.flowName,
      approvers: userRefs(row.users, row.approverIds),
      requestedBy: namedActor(row.requestedBy, row.users),
      reviews: request.reviews.map((review, at) => ({
        ...review,
        reviewerName: userNameOf(own[at]!.users, review.reviewerId),
        reviewedBy: namedActor(review.reviewedBy, own[at]!.users),
      })),
    };
  });
}

export async function findRequest(tx: Tx, integrationIds: string[], id: string): Promise<RequestReply | undefined> {
  const found = await namedRequests(
    tx,
    'access_flow.requests',
    'WHERE r.integration_id = ANY ($1::uuid[]) AND r.id = $2',
    [integrationIds, id],
  );
  return found[0];
}
