import { type Cause, type NotificationReason, type Recipient } from '@tidegate/contracts';
import { recordEvents, type Tx } from '@tidegate/database';
import { SCHEMA } from '../common/schema.js';
import { type OpenApprover } from './request-approver.entity.js';
import { type RequestEntity } from './request.entity.js';
import { notificationEvent } from './request.events.js';
import { addEntries, earlierRecipients } from './timeline.queries.js';

/** A notification about a request. */
export interface Notification {
  request: Pick<RequestEntity, 'id' | 'integrationId' | 'step' | 'version'>;
  reason: NotificationReason;
  recipients: Recipient[];
}

/** Stores which users and groups notifications go to, and publishes that they are due. Without recipients none is due. */
export async function notify(tx: Tx, notifications: readonly Notification[], cause: Cause): Promise<void> {
  const due = notifications.filter(({ recipients }) => recipients.length > 0);
  if (due.length === 0) return;
  const entries = due.map(({ request, reason, recipients }) => ({
    request,
    kind: 'notified' as const,
    data: { reason, recipients, step: request.step },
  }));
  await addEntries(tx, cause.actor, entries);
  await recordEvents(
    tx,
    SCHEMA,
    due.map(({ request, ...notification }) => notificationEvent(request, notification, cause)),
  );
}

/**
 * Adds the end of requests of one integration to their timelines. Notifies the users who would get access, and all who were
 * notified of the requests before.
 */
export async function recordEnds(tx: Tx, requests: readonly RequestEntity[], cause: Cause): Promise<void> {
  if (requests.length === 0) return;
  await addEntries(
    tx,
    cause.actor,
    requests.map((request) => ({
      request,
      kind: 'decided',
      data: { status: request.status, reason: request.statusReason },
    })),
  );
  const earlier = await earlierRecipients(tx, requests);
  const ends = requests.flatMap((request): Notification[] => {
    const { status, userId } = request;
    if (status === 'pending') return [];
    const others = (earlier.get(request.id) ?? []).filter(({ id }) => id !== userId);
    return [{ request, reason: status, recipients: [{ kind: 'user', id: userId }, ...others] }];
  });
  await notify(tx, ends, cause);
}

/** @returns the recipients that approvers are, each once */
export function recipientsOf(approvers: readonly OpenApprover[]): Recipient[] {
  const recipients = approvers.map(({ kind, approverId }): [string, Recipient] => [
    `${kind} ${approverId}`,
    { kind, id: kind === 'administrators' ? null : approverId },
  ]);
  return [...new Map(recipients).values()];
}
