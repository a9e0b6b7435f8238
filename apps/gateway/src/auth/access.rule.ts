import { Refusal } from '@tidegate/contracts';
import { unauthorized } from './bearer.rule.js';
import { type Caller, type KeyHolder, type Person } from './caller.js';
import { covers, hasScope, type Reach, type Scope, SCOPES, union } from './roles.js';

/** What a route of /api/v1 asks of its caller. */
export interface Need {
  scope: Scope;
  /** A member may do it for the user that it is. */
  orOwn?: true;
  /** What it touches belongs to no integration, so the caller must reach all. */
  everywhere?: true;
  /** A person must have proved within the last minutes who it is. */
  stepUp?: true;
}

/** Seconds for which a proof of identity is good enough to show or change credentials. */
export const STEP_UP_SECONDS = 600;

/** What a call may touch. */
export interface Access {
  /** Where everything of the route's kind may be read or done. */
  reach: Reach;
  /** Where only what concerns this user may: integration → user. */
  own: Readonly<Record<string, string>>;
}

/** A person is known, but must prove again who it is (as RFC 9470 has it of tokens). */
export class StepUpNeeded extends Refusal {
  constructor() {
    super('unauthorized', `Log in again: this asks for a login of the last ${STEP_UP_SECONDS / 60} minutes.`);
  }
}

/** Everything that a call may touch in some way. */
export const touchable = ({ reach, own }: Access): Reach => union(reach, Object.keys(own));

/**
 * Lets a caller into a route, for every route in one place: an integration in the path that is out of reach is one that is
 * not there.
 * @param now milliseconds since 1970
 * @returns what the caller may touch there
 * @throws Refusal `unauthorized` for strangers and SCIM clients, `missing` for the integration; as `accessOf`
 */
export function admit(caller: Caller | undefined, need: Need, integrationId: string | undefined, now: number): Access {
  if (!caller || caller.kind === 'scim') throw unauthorized();
  const access = accessOf(caller, need, now);
  if (integrationId !== undefined && !covers(touchable(access), integrationId))
    throw new Refusal('missing', 'No such integration.');
  return access;
}

/**
 * What a caller may touch through a route.
 * @param now milliseconds since 1970
 * @throws Refusal `notAllowed`; StepUpNeeded
 */
export function accessOf(caller: KeyHolder | Person, need: Need, now: number): Access {
  const access = caller.kind === 'key' ? keyAccess(caller, need) : personAccess(caller, need);
  const { reach } = access;
  const fits = need.everywhere ? reach === 'all' : reach === 'all' || touchable(access).length > 0;
  if (!fits) throw new Refusal('notAllowed', `This asks for ${wanted(caller.kind, need)}.`);
  if (need.stepUp && caller.kind === 'person' && now - caller.authenticatedAt > STEP_UP_SECONDS * 1000)
    throw new StepUpNeeded();
  return access;
}

function keyAccess({ scopes, integrations }: KeyHolder, { scope }: Need): Access {
  return { reach: hasScope(scopes, scope) ? integrations : [], own: {} };
}

function personAccess({ roles, users }: Person, need: Need): Access {
  const reach = roles[SCOPES[need.scope]];
  if (!need.orOwn) return { reach, own: {} };
  const own = Object.entries(users).filter(([integrationId]) => !covers(reach, integrationId));
  return { reach, own: Object.fromEntries(own) };
}

function wanted(kind: 'key' | 'person', { scope, everywhere, orOwn }: Need): string {
  const where = everywhere ? ' for all integrations' : '';
  if (kind === 'key') return `an API key with the scope ${scope}${where}`;
  return `the role ${orOwn ? 'member' : SCOPES[scope]}${where}`;
}
