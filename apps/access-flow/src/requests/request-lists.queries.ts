import { type ListRequests, type RequestRecord, type UndecidableCount } from '@tidegate/contracts';
import { columnsOf, type Tx } from '@tidegate/database';
import { RequestEntity } from './request.entity.js';
import { withReviews } from './requests.queries.js';

/** @returns newest first, at most `limit` + 1; with `approverIds` without the requests of these users */
export async function listRequests(
  tx: Tx,
  integrationIds: string[],
  { cursor, limit, status, userId, approverIds }: ListRequests,
): Promise<RequestRecord[]> {
  const rows = await tx.rows<RequestEntity>(
    `SELECT ${columnsOf(RequestEntity)} FROM access_flow.requests
     WHERE integration_id = ANY ($1::uuid[]) AND ($2::uuid IS NULL OR id < $2)
       AND ($3::text IS NULL OR status = $3) AND ($4::uuid IS NULL OR user_id = $4)
       AND ($5::uuid[] IS NULL OR (approver_ids && $5 AND user_id <> ALL ($5)))
     ORDER BY id DESC LIMIT $6`,
    [integrationIds, cursor ?? null, status ?? null, userId ?? null, approverIds ?? null, limit + 1],
  );
  return withReviews(tx, rows);
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
