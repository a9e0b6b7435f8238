import { type RequestStatus, type RequestStatusReason } from '@tidegate/contracts';
import { columnsOf, type Tx } from '@tidegate/database';
import { type LockedRequest, RequestEntity } from './request.entity.js';
import { ReviewEntity } from './review.entity.js';

/** Kinds of jobs; the key is the id of the request. */
export const REQUEST_EXPIRE = 'request.expire';
export const REQUEST_ESCALATE = 'request.escalate';

/** Reads the reviews of requests. @param extra further columns of the reviews `v` */
export async function reviewsOf<Row extends ReviewEntity>(
  tx: Tx,
  requests: Pick<RequestEntity, 'integrationId' | 'id'>[],
  extra = '',
): Promise<Row[]> {
  if (requests.length === 0) return [];
  return tx.rows<Row>(
    `SELECT ${columnsOf(ReviewEntity, 'v')}${extra} FROM access_flow.reviews v
     WHERE v.integration_id = ANY ($1::uuid[]) AND v.request_id = ANY ($2::uuid[]) ORDER BY v.created_at, v.reviewer_key`,
    [[...new Set(requests.map(({ integrationId }) => integrationId))], requests.map(({ id }) => id)],
  );
}

/** @returns where a request belongs, without a lock */
export function findScope(
  tx: Tx,
  integrationIds: string[],
  id: string,
): Promise<
  Pick<RequestEntity, 'integrationId' | 'kind' | 'flowId' | 'userId' | 'groupId' | 'requestedBy'> | undefined
> {
  return tx.row(
    `SELECT integration_id AS "integrationId", kind, flow_id AS "flowId", user_id AS "userId", group_id AS "groupId",
       requested_by AS "requestedBy"
     FROM access_flow.requests WHERE integration_id = ANY ($1::uuid[]) AND id = $2`,
    [integrationIds, id],
  );
}

/** @returns the locked requests with the ids, by id, with their reviews */
export const lockRequests = (tx: Tx, integrationId: string, ids: string[]): Promise<LockedRequest[]> =>
  withReviews(tx, integrationId, ids, 'FOR UPDATE');

/** @returns a request as `lockRequest` returns it, but not locked: to answer, not to decide */
export async function readRequest(tx: Tx, integrationId: string, id: string): Promise<LockedRequest | undefined> {
  return (await withReviews(tx, integrationId, [id], ''))[0];
}

async function withReviews(
  tx: Tx,
  integrationId: string,
  ids: string[],
  lock: 'FOR UPDATE' | '',
): Promise<LockedRequest[]> {
  const rows = await tx.rows<RequestEntity & { isOver: boolean }>(
    `SELECT ${columnsOf(RequestEntity)}, expires_at <= now() AS "isOver" FROM access_flow.requests
     WHERE integration_id = $1 AND id = ANY ($2::uuid[]) ORDER BY id ${lock}`,
    [integrationId, ids],
  );
  const reviews = await reviewsOf<ReviewEntity>(tx, rows);
  return rows.map((row) => ({ ...row, reviews: reviews.filter(({ requestId }) => requestId === row.id) }));
}

export async function lockRequest(tx: Tx, integrationId: string, id: string): Promise<LockedRequest | undefined> {
  return (await lockRequests(tx, integrationId, [id]))[0];
}

export interface NewRequest extends Pick<
  RequestEntity,
  | 'id'
  | 'integrationId'
  | 'kind'
  | 'flowId'
  | 'flowVersion'
  | 'userId'
  | 'groupId'
  | 'deactivations'
  | 'durationSeconds'
  | 'startsAt'
  | 'justification'
  | 'grantId'
  | 'requestedBy'
  | 'idempotencyKey'
  | 'idempotencyHash'
> {
  /** It expires after this time, or at `expiresBefore` if that is earlier. */
  pendingSeconds: number;
  expiresBefore: Date | null;
}

/** The user must be locked. */
export async function insertRequest(tx: Tx, request: NewRequest): Promise<RequestEntity> {
  const row = await tx.row<RequestEntity>(
    `INSERT INTO access_flow.requests (integration_id, id, kind, flow_id, flow_version, user_id, group_id, deactivations,
       duration_seconds, starts_at, justification, status, grant_id, requested_by, idempotency_key, idempotency_hash, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'pending', $12, $13, $14, $15,
       least(now() + make_interval(secs => $16), $17))
     RETURNING ${columnsOf(RequestEntity)}`,
    [
      request.integrationId,
      request.id,
      request.kind,
      request.flowId,
      request.flowVersion,
      request.userId,
      request.groupId,
      request.deactivations,
      request.durationSeconds,
      request.startsAt,
      request.justification,
      request.grantId,
      JSON.stringify(request.requestedBy),
      request.idempotencyKey,
      request.idempotencyHash,
      request.pendingSeconds,
      request.expiresBefore,
    ],
  );
  return row!;
}

/** @returns the request of a user that was made with an idempotency key */
export function findByKey(
  tx: Tx,
  integrationId: string,
  userId: string,
  key: string,
): Promise<Pick<RequestEntity, 'id' | 'idempotencyHash'> | undefined> {
  return tx.row(
    `SELECT id, idempotency_hash AS "idempotencyHash" FROM access_flow.requests
     WHERE integration_id = $1 AND user_id = $2 AND idempotency_key = $3`,
    [integrationId, userId, key],
  );
}

/** Sets the final status of a pending request. @returns undefined if it is not pending */
export async function closeRequest(
  tx: Tx,
  integrationId: string,
  id: string,
  outcome: { status: Exclude<RequestStatus, 'pending'>; reason?: RequestStatusReason; grantId?: string },
): Promise<RequestEntity | undefined> {
  return tx.row<RequestEntity>(
    `UPDATE access_flow.requests SET status = $3, status_reason = $4, grant_id = coalesce($5, grant_id), version = version + 1
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
