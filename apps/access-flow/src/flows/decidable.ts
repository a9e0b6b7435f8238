import { BEFORE_ALL, Refusal, type UnnamedFlow } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { readPeople } from '../approval/people.queries.js';
import { type Candidates, candidatesOf, openTiers } from '../approval/routing.rule.js';
import { usersAfter } from '../directory/users.queries.js';
import { matches } from '../policy/condition.rule.js';
import { neededFacts, readFacts } from '../policy/facts.js';

/** Stands for a user that depends on the request: a manager, or an owner of the group. */
const DEPENDS_ON_REQUEST = 'depends on the request';
/** The most users that are read, to find one who is eligible and not the only approver. */
const MAX_USERS = 5_000;
const PAGE = 500;

/**
 * Refuses an enabled flow with a step that no user could decide: all its approvers, of the fallback, the escalation and the
 * flow's owners are missing, or the only one is the only user who can request.
 * @throws Refusal `invalid` that names the step
 */
export async function refuseUndecidable(tx: Tx, flow: UnnamedFlow): Promise<void> {
  if (!flow.enabled) return;
  for (const [index, step] of flow.steps.entries()) {
    const people = await readPeople(tx, flow, step, { userId: BEFORE_ALL, groupId: BEFORE_ALL });
    const of: typeof people.of = (source) =>
      source.kind === 'manager' || source.kind === 'group_owners' ? [DEPENDS_ON_REQUEST] : people.of(source);
    const candidates = candidatesOf(step, { ...people, of });
    const isDecidable = (by: Candidates) =>
      !openTiers(step, by, { approvals: [], escalated: false }).includes('administrators');
    if (!isDecidable(candidates))
      throw new Refusal(
        'invalid',
        `steps[${index}].approvers must include enough active users to decide: this step has no approver who can. Add ` +
          'approvers, a fallback, or owners of the access flow.',
      );
    const only = onlyOne(candidates);
    if (only && !step.allowSelf && !(await hasOtherEligible(tx, flow, only)))
      throw new Refusal(
        'invalid',
        `steps[${index}].approvers must include another user: the only approver is the only eligible user, and can't ` +
          'review their own requests.',
      );
  }
}

/** @returns the only user among all candidates */
function onlyOne({ step, fallback, escalation, flow_owners: owners }: Candidates): string | undefined {
  const all = new Set([...step, ...fallback, ...escalation, owners].flat());
  const [only] = all;
  return all.size === 1 && only !== DEPENDS_ON_REQUEST ? only : undefined;
}

/**
 * @returns whether the approver is not the only eligible user: another active user is eligible, or none is, because groups may
 * get members later; also if there are more than `MAX_USERS` users
 */
async function hasOtherEligible(tx: Tx, flow: UnnamedFlow, exceptId: string): Promise<boolean> {
  for (let after = BEFORE_ALL, seen = 0; seen < MAX_USERS; seen += PAGE) {
    const users = await usersAfter(tx, flow.integrationId, after, PAGE);
    const ids = users.flatMap(({ userId, active }) => (active && userId !== exceptId ? [userId] : []));
    if (ids.length > 0 && (await someMatch(tx, flow, ids))) return true;
    if (users.length < PAGE) return !(await someMatch(tx, flow, [exceptId]));
    after = users.at(-1)!.userId;
  }
  return true;
}

async function someMatch(tx: Tx, flow: UnnamedFlow, userIds: string[]): Promise<boolean> {
  const persons = await readFacts(tx, flow.integrationId, userIds, neededFacts([flow]));
  return [...persons.values()].some((person) => matches(flow.eligibility, person));
}
