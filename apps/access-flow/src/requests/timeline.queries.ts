import { type Actor, type Recipient, type RequestEntryKind } from '@tidegate/contracts';
import { columnsOf, type Tx } from '@tidegate/database';
import { v7 as uuidv7 } from 'uuid';
import { RequestEntryEntity } from './request-entry.entity.js';
import { type GrantEntity } from '../grants/grant.entity.js';
import { type RequestEntity } from './request.entity.js';

export interface NewEntry {
  request: Pick<RequestEntity, 'integrationId' | 'id'>;
  kind: RequestEntryKind;
  data?: object;
}

/** Adds entries to the timelines of requests, in their order. */
export async function addEntries(tx: Tx, actor: Actor, entries: readonly NewEntry[]): Promise<void> {
  const rows = entries.map(({ request, kind, data = {} }) => ({
    integrationId: request.integrationId,
    requestId: request.id,
    id: uuidv7(),
    kind,
    data,
  }));
  await tx.run(
    `INSERT INTO access_flow.request_entries (integration_id, request_id, id, kind, actor, data)
     SELECT "integrationId", "requestId", id, kind, $1, data
     FROM jsonb_to_recordset($2::jsonb) AS e ("integrationId" uuid, "requestId" uuid, id uuid, kind text, data jsonb)`,
    [JSON.stringify(actor), JSON.stringify(rows)],
  );
}

/** Adds the extension of a grant to the timeline of its request. */
export async function addExtension(
  tx: Tx,
  actor: Actor,
  { integrationId, requestId, endsAt }: Pick<GrantEntity, 'integrationId' | 'requestId' | 'endsAt'>,
  seconds: number,
): Promise<void> {
  const data = { seconds, endsAt: endsAt.toISOString() };
  await addEntries(tx, actor, [{ request: { integrationId, id: requestId }, kind: 'extended', data }]);
}

/** @returns all who were notified of requests of one integration before, by request */
export async function earlierRecipients(
  tx: Tx,
  requests: readonly Pick<RequestEntity, 'integrationId' | 'id'>[],
): Promise<Map<string, Recipient[]>> {
  const rows = await tx.rows<{ requestId: string; recipients: Recipient[] }>(
    `SELECT e.request_id AS "requestId", jsonb_agg(DISTINCT r.value) AS recipients
     FROM access_flow.request_entries e CROSS JOIN LATERAL jsonb_array_elements(e.data -> 'recipients') r
     WHERE e.integration_id = $1 AND e.request_id = ANY ($2::uuid[]) AND e.kind = 'notified' GROUP BY e.request_id`,
    [requests[0]!.integrationId, requests.map(({ id }) => id)],
  );
  return new Map(rows.map(({ requestId, recipients }) => [requestId, recipients]));
}

/** @returns the last entries of the timeline of a request, in order */
export async function lastEntries(
  tx: Tx,
  integrationId: string,
  requestId: string,
  limit: number,
): Promise<RequestEntryEntity[]> {
  const rows = await tx.rows<RequestEntryEntity>(
    `SELECT ${columnsOf(RequestEntryEntity)} FROM access_flow.request_entries
     WHERE integration_id = $1 AND request_id = $2 ORDER BY id DESC LIMIT $3`,
    [integrationId, requestId, limit],
  );
  return rows.reverse();
}

/** @returns the number of comments on a request, and the time of the transaction */
export async function countComments(
  tx: Tx,
  integrationId: string,
  requestId: string,
): Promise<{ count: number; now: Date }> {
  const row = await tx.row<{ count: number; now: Date }>(
    `SELECT count(*) AS count, now() AS now FROM access_flow.request_entries
     WHERE integration_id = $1 AND request_id = $2 AND kind = 'commented'`,
    [integrationId, requestId],
  );
  return row!;
}
