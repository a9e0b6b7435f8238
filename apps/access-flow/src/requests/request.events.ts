import { type Cause } from '@tidegate/contracts';
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
      flowId: request.flowId,
      userId: request.userId,
      groupId: request.groupId,
      status: request.status,
      reason: request.statusReason,
      version: request.version,
    },
  };
}
