import { Refusal, type UnnamedFlow } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { flowsOffering } from '../policy/flows.queries.js';
import { matches } from '../policy/condition.rule.js';
import { neededFacts, readFacts } from '../policy/facts.js';
import { whyNotRequestFor } from './may-request.rule.js';

/** The flows under which a user can request a group, in the order in which requests use them. */
export interface Chosen {
  flow: UnnamedFlow;
  /** The other ones that would allow it. */
  others: UnnamedFlow[];
}

/**
 * Chooses the flow of a request that names none: the one with the highest priority under which the user is eligible and the
 * caller may request. It locks nothing: the caller checks the flow, and that the member is active, under lock.
 * @param memberId the user of the caller if it requests only as a member
 * @throws Refusal `notAllowed` if no flow allows it
 */
export async function chooseFlow(
  tx: Tx,
  integrationId: string,
  { userId, groupId, memberId }: { userId: string; groupId: string; memberId?: string | undefined },
): Promise<Chosen> {
  const flows = await flowsOffering(tx, integrationId, groupId);
  const userIds = memberId === undefined ? [userId] : [...new Set([userId, memberId])];
  const persons = await readFacts(tx, integrationId, userIds, neededFacts(flows));
  const isEligible = (flow: UnnamedFlow, id: string) => {
    const person = persons.get(id);
    return person !== undefined && matches(flow.eligibility, person);
  };
  const isManager = memberId !== undefined && persons.get(userId)?.managerId === memberId;
  const allowing = flows.filter((flow) => {
    const member =
      memberId === undefined
        ? undefined
        : { userId: memberId, isActive: true, isEligible: isEligible(flow, memberId), isManager };
    return isEligible(flow, userId) && !whyNotRequestFor(flow, userId, member);
  });
  const [flow, ...others] = allowing;
  if (!flow) throw new Refusal('notAllowed', 'No access flow allows this user to request this group.');
  return { flow, others };
}
