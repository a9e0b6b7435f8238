import { type Cause, type RequestStatusReason } from '@tidegate/contracts';
import { recordEvents, type Tx } from '@tidegate/database';
import { SCHEMA } from '../common/schema.js';
import { closeApprovers } from './approvers.queries.js';
import { type RequestSubject, setCancelled } from './cancel.queries.js';
import { recordEnds } from './notify.js';
import { requestEvent } from './request.events.js';

/** What cancels requests. */
export interface RequestEnd {
  subject: RequestSubject;
  reason: RequestStatusReason;
  cause: Cause;
}

/** Cancels the pending requests of a subject, which must be locked, and records the events. @returns their number */
export async function cancelRequests(tx: Tx, integrationId: string, end: RequestEnd): Promise<number> {
  const requests = await setCancelled(tx, integrationId, end);
  if (requests.length === 0) return 0;
  await closeApprovers(
    tx,
    integrationId,
    requests.map(({ id }) => id),
  );
  await recordEvents(
    tx,
    SCHEMA,
    requests.map((request) => requestEvent(request, end.cause)),
  );
  await recordEnds(tx, requests, end.cause);
  return requests.length;
}
