import { type Cause } from '@tidegate/contracts';
import { type NewEvent } from '@tidegate/database';
import { type GrantRow, grantState } from './grants.queries.js';

type GrantEventName = 'grant.activated' | 'grant.revoking' | 'grant.extended' | 'grant.ended';

/** @returns the event of a change of a grant. @param row the row after the change */
export function grantEvent(name: GrantEventName, row: GrantRow, cause: Cause): NewEvent {
  return {
    name,
    integrationId: row.integration_id,
    subject: row.id,
    version: row.version,
    ...cause,
    data: grantState(row),
  };
}
