import { type Caller } from './caller.js';
import { type Reach, union } from './roles.js';
import { type Share } from '../limits/admission-control.limiter.js';

/** SCIM client of an integration: half of the capacity. */
const SCIM_DIVISOR = 2;
/** API keys and persons of an integration: a quarter, counted together with its SCIM client. */
const MEMBER_DIVISOR = 4;
/** All callers with access to all integrations, together. */
const EVERYWHERE_DIVISOR = 4;
/** All callers that are unauthenticated or have access to no integration, together. */
const UNASSIGNED_DIVISOR = 8;

/** @returns the share of an integration's SCIM client */
export const shareOfIntegration = (integrationId: string): Share => ({ keys: [integrationId], divisor: SCIM_DIVISOR });

/**
 * Keys and persons use the share of their integration, so that more keys do not give an integration more capacity. Callers
 * of several integrations use the first share with capacity, so that an integration that exhausts its share does not block
 * persons that also have access to others.
 * @returns the share of a caller
 */
export function shareOf(caller: Caller | undefined): Share {
  if (!caller) return { keys: ['unassigned'], divisor: UNASSIGNED_DIVISOR };
  if (caller.kind === 'scim') return shareOfIntegration(caller.integrationId);
  const reach = reachOf(caller);
  if (reach === 'all') return { keys: ['everywhere'], divisor: EVERYWHERE_DIVISOR };
  return reach.length === 0 ? shareOf(undefined) : { keys: reach, divisor: MEMBER_DIVISOR };
}

function reachOf(caller: Exclude<Caller, { kind: 'scim' }>): Reach {
  return caller.kind === 'key' ? caller.integrations : union(caller.roles.member, Object.keys(caller.users));
}
