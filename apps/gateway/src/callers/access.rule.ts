import { Refusal } from '@tidegate/contracts';
import { unauthorized } from '../http/bearer.rule.js';
import { type Caller, type ApiKeyCaller, type Person } from './caller.js';
import { covers, hasScope, type Reach, type Scope, SCOPES, union } from './roles.js';

/** What a route of /api/v1 requires of its caller. */
export interface Need {
  scope: Scope;
  /** Members can use the route for themselves. */
  orOwn?: true;
  /** The resource belongs to no integration: the caller needs the scope for all integrations. */
  everywhere?: true;
  /** A person must have logged in within `STEP_UP_SECONDS`. */
  stepUp?: true;
}

/** Maximum age of a login that may view or change credentials. */
export const STEP_UP_SECONDS = 600;

/** The integrations and users that a call can access. */
export interface Access {
  /** Integrations where the caller has full access to the resources of the route. */
  reach: Reach;
  /** Integrations where it can access only its own resources: integration → user. */
  own: Readonly<Record<string, string>>;
}

/** The person must log in again (compare RFC 9470 for tokens). */
export class StepUpNeeded extends Refusal {
  constructor() {
    super('unauthorized', `Log in again: this requires a login within the last ${STEP_UP_SECONDS / 60} minutes.`);
  }
}

/** @returns the integrations with full or own access */
export const accessibleIntegrations = ({ reach, own }: Access): Reach => union(reach, Object.keys(own));

/**
 * Checks a caller against the need of a route. The response is the same for an integration that the caller cannot access and
 * one that does not exist.
 * @param now milliseconds since 1970
 * @throws Refusal `unauthorized` without a caller and for SCIM clients, `missing` for the integration; as `accessOf`
 */
export function admit(caller: Caller | undefined, need: Need, integrationId: string | undefined, now: number): Access {
  if (!caller || caller.kind === 'scim') throw unauthorized();
  const access = accessOf(caller, need, now);
  if (integrationId !== undefined && !covers(accessibleIntegrations(access), integrationId))
    throw new Refusal('missing', 'No such integration.');
  return access;
}

/**
 * Computes the access of a caller to a route.
 * @param now milliseconds since 1970
 * @throws Refusal `notAllowed`; StepUpNeeded
 */
export function accessOf(caller: ApiKeyCaller | Person, need: Need, now: number): Access {
  const access = caller.kind === 'key' ? keyAccess(caller, need) : personAccess(caller, need);
  const { reach } = access;
  const fits = need.everywhere ? reach === 'all' : reach === 'all' || accessibleIntegrations(access).length > 0;
  if (!fits) throw new Refusal('notAllowed', `This requires ${requirement(caller.kind, need)}.`);
  if (need.stepUp && caller.kind === 'person' && now - caller.authenticatedAt > STEP_UP_SECONDS * 1000)
    throw new StepUpNeeded();
  return access;
}

function keyAccess({ scopes, integrations }: ApiKeyCaller, { scope }: Need): Access {
  return { reach: hasScope(scopes, scope) ? integrations : [], own: {} };
}

function personAccess({ roles, users }: Person, need: Need): Access {
  const reach = roles[SCOPES[need.scope]];
  if (!need.orOwn) return { reach, own: {} };
  const own = Object.entries(users).filter(([integrationId]) => !covers(reach, integrationId));
  return { reach, own: Object.fromEntries(own) };
}

function requirement(kind: 'key' | 'person', { scope, everywhere, orOwn }: Need): string {
  const where = everywhere ? ' for all integrations' : '';
  if (kind === 'key') return `an API key with the scope ${scope}${where}`;
  return `the role ${orOwn ? 'member' : SCOPES[scope]}${where}`;
}
