import { type Obstacle, type UnnamedFlow } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { type KnownUser } from '../directory/users.queries.js';
import { explainObstruction } from '../policy/explain-obstruction.rule.js';
import { matches, type Person } from '../policy/condition.rule.js';
import { findObstacle, refuseRequest } from '../policy/obstacle.rule.js';
import { whyNot } from '../policy/why-not.rule.js';
import { findCapped } from '../requests/caps.queries.js';
import { whyNotRequestFor } from '../requests/may-request.rule.js';
import { findOverlap } from '../requests/overlap.queries.js';
import { refuseOverlap } from '../requests/overlap.rule.js';

/** The user and the group of an explanation, as they are now. */
export interface Asking {
  groupId: string;
  user: KnownUser;
  person: Person;
  groupIsSynced: boolean;
  integrationIsActive: boolean;
  /** Whether the user asks for itself, and can request only as a member. */
  asMember: boolean;
}

/**
 * Reads what prevents a request of the user for the shortest duration of the flow, with a justification. It locks nothing.
 * @param names of the users and groups in the condition
 * @returns none if `requests.create` would allow the request now
 */
export async function obstaclesOf(
  tx: Tx,
  flow: UnnamedFlow,
  asking: Asking,
  names: ReadonlyMap<string, string>,
): Promise<Obstacle[]> {
  const { groupId, user, person, groupIsSynced, asMember } = asking;
  const isEligible = matches(flow.eligibility, person);
  const found: Obstacle[] = [];
  if (!asking.integrationIsActive)
    found.push({ code: 'integration_disabled', text: 'This integration is disabled and accepts no requests.' });
  const obstacle = findObstacle(flow, { user, groupId, groupIsSynced, isEligible: true });
  if (obstacle) found.push({ code: obstacle, text: refuseRequest(obstacle).detail });
  if (!isEligible) return [...found, ...notEligible(flow, person, names, asMember)];

  const member = asMember ? { userId: user.id, isActive: true, isEligible, isManager: false } : undefined;
  const refusal = whyNotRequestFor(flow, user.id, member);
  if (refusal) found.push({ code: 'requester_not_allowed', text: refusal.detail });
  const membership = { integrationId: flow.integrationId, userId: user.id, groupId };
  const overlap = await findOverlap(tx, {
    ...membership,
    startsAt: null,
    durationSeconds: flow.minDurationSeconds,
  });
  if (overlap) {
    const { detail: text, existing } = refuseOverlap(overlap);
    found.push({ code: overlap.kind === 'grant' ? 'existing_grant' : 'pending_request', text, existing: existing! });
  }
  const capped = await findCapped(tx, flow, membership);
  if (capped) found.push({ code: 'cap_reached', text: capped.detail });
  return found;
}

function notEligible(
  { eligibility }: UnnamedFlow,
  person: Person,
  names: ReadonlyMap<string, string>,
  asMember: boolean,
): Obstacle[] {
  const terms = whyNot(eligibility, person, 'eligibility').map((each) => explainObstruction(each, names, asMember));
  if (terms.length > 0) return terms;
  return [{ code: 'requester_not_eligible', text: refuseRequest('requester_not_eligible').detail }];
}
