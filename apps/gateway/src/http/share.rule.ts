import { type Caller } from '../auth/caller.js';
import { type Reach, union } from '../auth/roles.js';
import { type Share } from '../scim/admission-control.js';

/** The SCIM client of an integration. Half of the room stays free for others whatever it does. */
const SCIM_PART = 2;
/** Keys and persons of an integration, counted with its SCIM client, to which they leave as much again. */
const MEMBER_PART = 4;
/** All who reach everything, together. */
const EVERYWHERE_PART = 4;
/** All callers that are not identified, or that reach no integration, together. */
const STRANGER_PART = 8;

/** The share of an integration's SCIM client. */
export const shareOfIntegration = (integrationId: string): Share => ({ holders: [integrationId], part: SCIM_PART });

/**
 * Whose share of the waiting room a caller uses. Keys and persons use the share of their integration, so that more keys
 * give a tenant no more room.
 *
 * A caller of several integrations uses the first of their shares that has room. It has been given access to each of them
 * there, so it fills no share of a stranger; and it is refused only when all are full, so no tenant can lock out the
 * people of another by giving them a role and filling its own share.
 */
export function shareOf(caller: Caller | undefined): Share {
  if (!caller) return { holders: ['strangers'], part: STRANGER_PART };
  if (caller.kind === 'scim') return shareOfIntegration(caller.integrationId);
  const reach = reachOf(caller);
  if (reach === 'all') return { holders: ['everywhere'], part: EVERYWHERE_PART };
  return reach.length === 0 ? shareOf(undefined) : { holders: reach, part: MEMBER_PART };
}

function reachOf(caller: Exclude<Caller, { kind: 'scim' }>): Reach {
  return caller.kind === 'key' ? caller.integrations : union(caller.roles.member, Object.keys(caller.users));
}
