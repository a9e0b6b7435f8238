import { type Cause, type RequestNotification } from '@tidegate/contracts';
import { type NewEvent } from '@tidegate/database';
import { type RequestEntity } from './request.entity.js';

/** @returns the event for the current status of a request; `request.created` for pending */
export function requestEvent(request: RequestEntity, cause: Cause): NewEvent {
  return {
    name: request.status === 'pending' ? 'request.created' : `request.${request.status}`,
    integrationId: request.integrationId,
    subject: request.id,
    version: request.version,
    ...cause,
    data: {
      requestId: request.id,
      kind: request.kind,
      flowId: request.flowId,
      userId: request.userId,
      groupId: request.groupId,
      status: request.status,
      reason: request.statusReason,
      version: request.version,
    },
  };
}

/** @returns the event about a notification that is due */
export function notificationEvent(
  request: Pick<RequestEntity, 'id' | 'integrationId' | 'step' | 'version'>,
  { reason, recipients }: Pick<RequestNotification, 'reason' | 'recipients'>,
  cause: Cause,
): NewEvent {
  const { id: requestId, integrationId, step, version } = request;
  return {
    name: 'request.notification.due',
    integrationId,
    subject: requestId,
    version,
    ...cause,
    data: { requestId, reason, recipients, step, version },
  };
}
