import { type ListRequests, type RequestReply, type UndecidableCount } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { namedRequests } from './named-requests.queries.js';

/** @returns newest first, at most `limit` + 1; with `approverIds` without the requests of these users */
export async function listRequests(
  tx: Tx,
  integrationIds: string[],
  { cursor, limit, status, userId, approverIds }: ListRequests,
): Promise<RequestReply[]> {
  return namedRequests(
    tx,
    `r.integration_id = ANY ($1::uuid[]) AND ($2::uuid IS NULL OR r.id < $2)
       AND ($3::text IS NULL OR r.status = $3) AND ($4::uuid IS NULL OR r.user_id = $4)
       AND ($5::uuid[] IS NULL OR (r.approver_ids && $5 AND r.user_id <> ALL ($5)))
     ORDER BY r.id DESC LIMIT $6`,
    [integrationIds, cursor ?? null, status ?? null, userId ?? null, approverIds ?? null, limit + 1],
  );
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
