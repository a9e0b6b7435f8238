import { type Cause, type EventName } from '@tidegate/contracts';
import { type NewEvent } from '@tidegate/database';
import { type GrantEntity } from './grant.entity.js';
import { grantState } from './grants.queries.js';

type GrantEventName = Extract<EventName, `grant.${string}`>;

/** @returns the event of a change of a grant. @param grant the row after the change */
export function grantEvent(name: GrantEventName, grant: GrantEntity, cause: Cause): NewEvent {
  return {
    name,
    integrationId: grant.integrationId,
    subject: grant.id,
    version: grant.version,
    ...cause,
    data: grantState(grant),
  };
}
