import { recordEvents, type Tx } from '@tidegate/database';
import { SCHEMA } from '../common/schema.js';
import { type AccessEnd } from '../grants/access-end.js';
import { type RequestSubject, setCancelled } from './cancel.queries.js';
import { requestEvent } from './request.events.js';

/** Cancels the pending requests of a subject, which must be locked, and records the events. @returns their number */
export async function cancelRequests(tx: Tx, integrationId: string, end: AccessEnd<RequestSubject>): Promise<number> {
  const requests = await setCancelled(tx, integrationId, end);
  await recordEvents(
    tx,
    SCHEMA,
    requests.map((request) => requestEvent(request, end.cause)),
  );
  return requests.length;
}
