import { type Cause, type RequestStatusReason } from '@tidegate/contracts';
import { recordEvents, type Tx } from '@tidegate/database';
import { SCHEMA } from '../common/schema.js';
import { closeApprovers } from './approvers.queries.js';
import { type RequestSubject, setCancelled } from './cancel.queries.js';
import { recordEnds } from './notify.js';
import { type RequestEntity } from './request.entity.js';
import { requestEvent } from './request.events.js';

/** Requests per statement: their events and recipients are one JSON text, whose size Postgres limits. */
const AT_ONCE = 500;

/** What cancels requests. */
export interface RequestEnd {
  subject: RequestSubject;
  reason: RequestStatusReason;
  cause: Cause;
}

/** Cancels the pending requests of a subject, which must be locked, and records the events. @returns their number */
export async function cancelRequests(tx: Tx, integrationId: string, end: RequestEnd): Promise<number> {
  const requests = await setCancelled(tx, integrationId, end);
  for (let at = 0; at < requests.length; at += AT_ONCE)
    await recordCancelled(tx, requests.slice(at, at + AT_ONCE), end);
  return requests.length;
}

async function recordCancelled(tx: Tx, requests: RequestEntity[], { cause }: RequestEnd): Promise<void> {
  const { integrationId } = requests[0]!;
  const ids = requests.map(({ id }) => id);
  await closeApprovers(tx, integrationId, ids);
  await recordEvents(
    tx,
    SCHEMA,
    requests.map((request) => requestEvent(request, cause)),
  );
  await recordEnds(tx, requests, cause);
}
