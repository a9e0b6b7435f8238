import {
  type Actor,
  type RequestRecord,
  type RequestStatus,
  type RequestStatusReason,
  type ReviewRecord,
} from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { approvalOf, approverIdsOf } from '../policy/flows.queries.js';

/** Kind of the job at the expiry of a request; its key is the id of the request. */
export const REQUEST_EXPIRE = 'request.expire';

export interface RequestRow {
  id: string;
  integration_id: string;
  flow_id: string;
  user_id: string;
  group_id: string;
  duration_seconds: number;
  justification: string | null;
  status: RequestStatus;
  status_reason: RequestStatusReason | null;
  approver_ids: string[] | null;
  undecidable: boolean;
  grant_id: string | null;
  created_at: Date;
  expires_at: Date;
  version: number;
  requested_by: Actor | null;
}
interface ReviewRow {
  request_id: string;
  reviewer_id: string;
  verdict: 'approve' | 'deny';
  comment: string | null;
  created_at: Date;
  reviewed_by: Actor | null;
}

export const REQUEST_COLUMNS = [
  'id, integration_id, flow_id, user_id, group_id, duration_seconds, justification, status, status_reason',
  'approver_ids, undecidable, grant_id, created_at, expires_at, version, requested_by',
].join(', ');

const record = (row: RequestRow, reviews: ReviewRow[]): RequestRecord => ({
  id: row.id,
  integrationId: row.integration_id,
  flowId: row.flow_id,
  userId: row.user_id,
  groupId: row.group_id,
  durationSeconds: row.duration_seconds,
  justification: row.justification,
  status: row.status,
  statusReason: row.status_reason,
  approval: approvalOf(row.approver_ids),
  undecidable: row.undecidable && row.status === 'pending',
  reviews: reviews
    .filter((review) => review.request_id === row.id)
    .map((review) => ({
      reviewerId: review.reviewer_id,
      verdict: review.verdict,
      comment: review.comment,
      createdAt: review.created_at.toISOString(),
      reviewedBy: review.reviewed_by,
    })),
  requestedBy: row.requested_by,
  grantId: row.grant_id,
  createdAt: row.created_at.toISOString(),
  expiresAt: row.expires_at.toISOString(),
  version: row.version,
});

export async function withReviews(tx: Tx, rows: RequestRow[]): Promise<RequestRecord[]> {
  if (rows.length === 0) return [];
  const reviews = await tx.rows<ReviewRow>(
    `SELECT request_id, reviewer_id, verdict, comment, created_at, reviewed_by FROM access_flow.reviews
     WHERE integration_id = ANY ($1::uuid[]) AND request_id = ANY ($2::uuid[]) ORDER BY created_at, reviewer_id`,
    [[...new Set(rows.map((row) => row.integration_id))], rows.map((row) => row.id)],
  );
  return rows.map((row) => record(row, reviews));
}

export async function findRequest(tx: Tx, integrationIds: string[], id: string): Promise<RequestRecord | undefined> {
  const rows = await tx.rows<RequestRow>(
    `SELECT ${REQUEST_COLUMNS} FROM access_flow.requests WHERE integration_id = ANY ($1::uuid[]) AND id = $2`,
    [integrationIds, id],
  );
  return (await withReviews(tx, rows))[0];
}

/** @returns the locked request, and whether its time is over by the database's clock */
export async function lockRequest(
  tx: Tx,
  integrationId: string,
  id: string,
): Promise<{ request: RequestRecord; isOver: boolean } | undefined> {
  const row = await tx.row<RequestRow & { is_over: boolean }>(
    `SELECT ${REQUEST_COLUMNS}, expires_at <= now() AS is_over FROM access_flow.requests
     WHERE integration_id = $1 AND id = $2 FOR UPDATE`,
    [integrationId, id],
  );
  const [request] = await withReviews(tx, row ? [row] : []);
  return row && request && { request, isOver: row.is_over };
}

export interface NewRequest extends Pick<
  RequestRecord,
  | 'id'
  | 'integrationId'
  | 'flowId'
  | 'userId'
  | 'groupId'
  | 'durationSeconds'
  | 'justification'
  | 'approval'
  | 'undecidable'
> {
  deactivations: number;
  pendingSeconds: number;
  requestedBy: Actor;
}

/** @returns undefined if the same request is already pending */
export async function insertRequest(tx: Tx, request: NewRequest): Promise<RequestRow | undefined> {
  return tx.row<RequestRow>(
    `INSERT INTO access_flow.requests (integration_id, id, flow_id, user_id, group_id, deactivations, duration_seconds,
       justification, status, approver_ids, undecidable, expires_at, requested_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'pending', $9, $10, now() + make_interval(secs => $11), $12)
     ON CONFLICT (integration_id, user_id, group_id, flow_id) WHERE status = 'pending' DO NOTHING
     RETURNING ${REQUEST_COLUMNS}`,
    [
      request.integrationId,
      request.id,
      request.flowId,
      request.userId,
      request.groupId,
      request.deactivations,
      request.durationSeconds,
      request.justification,
      approverIdsOf(request.approval),
      request.undecidable,
      request.pendingSeconds,
      JSON.stringify(request.requestedBy),
    ],
  );
}

export async function insertReview(
  tx: Tx,
  integrationId: string,
  requestId: string,
  review: Omit<ReviewRecord, 'createdAt'>,
): Promise<void> {
  await tx.run(
    `INSERT INTO access_flow.reviews (integration_id, request_id, reviewer_id, verdict, comment, reviewed_by)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [integrationId, requestId, review.reviewerId, review.verdict, review.comment, JSON.stringify(review.reviewedBy)],
  );
}

/** Sets the final status of a pending request. @returns undefined if it is not pending */
export async function closeRequest(
  tx: Tx,
  integrationId: string,
  id: string,
  outcome: { status: Exclude<RequestStatus, 'pending'>; reason?: RequestStatusReason; grantId?: string },
): Promise<RequestRow | undefined> {
  return tx.row<RequestRow>(
    `UPDATE access_flow.requests SET status = $3, status_reason = $4, grant_id = $5, version = version + 1
     WHERE integration_id = $1 AND id = $2 AND status = 'pending' RETURNING ${REQUEST_COLUMNS}`,
    [integrationId, id, outcome.status, outcome.reason ?? null, outcome.grantId ?? null],
  );
}

/** Expires a request. @returns undefined if it is not pending, or its time is not over by the database's clock */
export async function expireRequest(tx: Tx, integrationId: string, id: string): Promise<RequestRow | undefined> {
  return tx.row<RequestRow>(
    `UPDATE access_flow.requests SET status = 'expired', version = version + 1
     WHERE integration_id = $1 AND id = $2 AND status = 'pending' AND expires_at <= now() RETURNING ${REQUEST_COLUMNS}`,
    [integrationId, id],
  );
}
