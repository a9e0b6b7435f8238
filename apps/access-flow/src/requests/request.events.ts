import { type Cause } from '@tidegate/contracts';
import { type NewEvent } from '@tidegate/database';
import { type RequestRow } from './requests.queries.js';

/** @returns the event for the current status of a request; `request.created` for pending */
export function requestEvent(row: RequestRow, cause: Cause): NewEvent {
  return {
    name: row.status === 'pending' ? 'request.created' : `request.${row.status}`,
    integrationId: row.integration_id,
    subject: row.id,
    version: row.version,
    ...cause,
    data: {
      requestId: row.id,
      flowId: row.flow_id,
      userId: row.user_id,
      groupId: row.group_id,
      status: row.status,
      reason: row.status_reason,
      version: row.version,
    },
  };
}
