import { type RequestStatus, type RequestStatusReason, type UnnamedRequest } from '@tidegate/contracts';
import { columnsOf, type Tx } from '@tidegate/database';
import { approvalOf } from '../policy/flows.queries.js';
import { RequestEntity } from './request.entity.js';
import { ReviewEntity } from './review.entity.js';

/** Kind of the job at the expiry of a request; its key is the id of the request. */
export const REQUEST_EXPIRE = 'request.expire';

export const requestRecord = (request: RequestEntity, reviews: ReviewEntity[]): UnnamedRequest => ({
  id: request.id,
  integrationId: request.integrationId,
  flowId: request.flowId,
  userId: request.userId,
  groupId: request.groupId,
  durationSeconds: request.durationSeconds,
  justification: request.justification,
  status: request.status,
  statusReason: request.statusReason,
  approval: approvalOf(request.approverIds),
  undecidable: request.undecidable && request.status === 'pending',
  reviews: reviews
    .filter((review) => review.requestId === request.id)
    .map((review) => ({
      reviewerId: review.reviewerId,
      verdict: review.verdict,
      comment: review.comment,
      createdAt: review.createdAt.toISOString(),
      reviewedBy: review.reviewedBy,
    })),
  requestedBy: request.requestedBy,
  grantId: request.grantId,
  createdAt: request.createdAt.toISOString(),
  expiresAt: request.expiresAt.toISOString(),
  version: request.version,
});

/** Reads the reviews of requests. @param extra further columns of the reviews `v` */
export async function reviewsOf<Row extends ReviewEntity>(
  tx: Tx,
  requests: RequestEntity[],
  extra = '',
): Promise<Row[]> {
  if (requests.length === 0) return [];
  return tx.rows<Row>(
    `SELECT ${columnsOf(ReviewEntity, 'v')}${extra} FROM access_flow.reviews v
     WHERE v.integration_id = ANY ($1::uuid[]) AND v.request_id = ANY ($2::uuid[]) ORDER BY v.created_at, v.reviewer_id`,
    [[...new Set(requests.map(({ integrationId }) => integrationId))], requests.map(({ id }) => id)],
  );
}

/** @returns the locked request, and whether its time is over by the database's clock */
export async function lockRequest(
  tx: Tx,
  integrationId: string,
  id: string,
): Promise<{ request: UnnamedRequest; isOver: boolean } | undefined> {
  const row = await tx.row<RequestEntity & { isOver: boolean }>(
    `SELECT ${columnsOf(RequestEntity)}, expires_at <= now() AS "isOver" FROM access_flow.requests
     WHERE integration_id = $1 AND id = $2 FOR UPDATE`,
    [integrationId, id],
  );
  return row && { request: requestRecord(row, await reviewsOf(tx, [row])), isOver: row.isOver };
}

export interface NewRequest extends Pick<
  RequestEntity,
  | 'id'
  | 'integrationId'
  | 'flowId'
  | 'userId'
  | 'groupId'
  | 'deactivations'
  | 'durationSeconds'
  | 'justification'
  | 'approverIds'
  | 'undecidable'
  | 'requestedBy'
> {
  pendingSeconds: number;
}

/** The user must be locked and have no pending request for the group. */
export async function insertRequest(tx: Tx, request: NewRequest): Promise<RequestEntity> {
  const row = await tx.row<RequestEntity>(
    `INSERT INTO access_flow.requests (integration_id, id, flow_id, user_id, group_id, deactivations, duration_seconds,
       justification, status, approver_ids, undecidable, expires_at, requested_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'pending', $9, $10, now() + make_interval(secs => $11), $12)
     RETURNING ${columnsOf(RequestEntity)}`,
    [
      request.integrationId,
      request.id,
      request.flowId,
      request.userId,
      request.groupId,
      request.deactivations,
      request.durationSeconds,
      request.justification,
      request.approverIds,
      request.undecidable,
      request.pendingSeconds,
      JSON.stringify(request.requestedBy),
    ],
  );
  return row!;
}

/** Sets the final status of a pending request. @returns undefined if it is not pending */
export async function closeRequest(
  tx: Tx,
  integrationId: string,
  id: string,
  outcome: { status: Exclude<RequestStatus, 'pending'>; reason?: RequestStatusReason; grantId?: string },
): Promise<RequestEntity | undefined> {
  return tx.row<RequestEntity>(
    `UPDATE access_flow.requests SET status = $3, status_reason = $4, grant_id = $5, version = version + 1
     WHERE integration_id = $1 AND id = $2 AND status = 'pending' RETURNING ${columnsOf(RequestEntity)}`,
    [integrationId, id, outcome.status, outcome.reason ?? null, outcome.grantId ?? null],
  );
}

/** Expires a request. @returns undefined if it is not pending, or its time is not over by the database's clock */
export async function expireRequest(tx: Tx, integrationId: string, id: string): Promise<RequestEntity | undefined> {
  return tx.row<RequestEntity>(
    `UPDATE access_flow.requests SET status = 'expired', version = version + 1
     WHERE integration_id = $1 AND id = $2 AND status = 'pending' AND expires_at <= now() RETURNING ${columnsOf(RequestEntity)}`,
    [integrationId, id],
  );
}
