import { type Member, type UnnamedFlow } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { availableGroups } from '../directory/groups.queries.js';
import { activeIntegrations } from '../directory/integrations.queries.js';
import { reportsOf } from '../directory/managers.queries.js';
import { type KnownUser, readPresent } from '../directory/users.queries.js';
import { flowReferences } from './flow-settings.rule.js';
import { listAllFlows } from './flows.queries.js';
import { matches, type Person } from './condition.rule.js';
import { neededFacts, readFacts } from './facts.js';

/** A member with what decides which flows concern the member. */
interface MemberFacts {
  user: KnownUser;
  person: Person;
  availableGroups: ReadonlySet<string>;
}

/** The flows that concern a member. */
export interface MemberFlows {
  userId: string;
  /** Flows under which someone can request for the member now, whatever their `requesters`. */
  eligible: UnnamedFlow[];
  /** Ids of flows under which the member can request for users whose manager it is. */
  forReports: string[];
  /** Ids of flows that name the member as approver or owner, also by a group. */
  approving: string[];
}

/** @returns the flows that concern each member; none for members that are unknown or inactive */
export async function flowsOfMembers(tx: Tx, members: readonly Member[]): Promise<MemberFlows[]> {
  const found: MemberFlows[] = [];
  for (const { integrationId, userId } of members) {
    const user = (await readPresent(tx, integrationId, [userId])).get(userId);
    if (!user?.active) continue;
    const flows = await listAllFlows(tx, integrationId);
    const needed = neededFacts(flows);
    const groupIds = [...needed.groupIds, ...flows.flatMap((flow) => flowReferences(flow).approverGroupIds)];
    const facts = { ...needed, groupIds: [...new Set(groupIds)] };
    const person = (await readFacts(tx, integrationId, [userId], facts)).get(userId)!;
    const isActive = (await activeIntegrations(tx, [integrationId])).has(integrationId);
    const offered = [...new Set(flows.flatMap((flow) => flow.groupIds))];
    const member = { user, person, availableGroups: await availableGroups(tx, integrationId, offered) };
    found.push({
      userId,
      eligible: isActive ? flows.filter((flow) => isEligible(flow, member)) : [],
      forReports: isActive ? await flowsForReports(tx, flows, member) : [],
      approving: flows.filter((flow) => isApprover(flow, member)).map(({ id }) => id),
    });
  }
  return found;
}

/** @returns the ids of the flows that the members can see */
export async function visibleFlowIds(tx: Tx, members: readonly Member[]): Promise<string[]> {
  const flows = await flowsOfMembers(tx, members);
  return flows.flatMap(({ eligible, forReports, approving }) => [
    ...eligible.filter(isForMembers).map(({ id }) => id),
    ...forReports,
    ...approving,
  ]);
}

/** @returns whether eligible members can request under the flow, for themselves or for others */
const isForMembers = ({ requesters }: UnnamedFlow): boolean =>
  requesters.includes('self') || requesters.includes('others');

async function flowsForReports(
  tx: Tx,
  flows: readonly UnnamedFlow[],
  { user, availableGroups }: MemberFacts,
): Promise<string[]> {
  const open = flows.filter(
    ({ enabled, requesters, groupIds }) =>
      enabled && requesters.includes('manager') && groupIds.some((id) => availableGroups.has(id)),
  );
  const [flow] = open;
  if (!flow || (await reportsOf(tx, flow.integrationId, user.id, 1)).length === 0) return [];
  return open.map(({ id }) => id);
}

function isEligible(flow: UnnamedFlow, { person, availableGroups }: MemberFacts): boolean {
  return flow.enabled && flow.groupIds.some((id) => availableGroups.has(id)) && matches(flow.eligibility, person);
}

function isApprover(flow: UnnamedFlow, { user, person }: MemberFacts): boolean {
  const { approverIds, approverGroupIds } = flowReferences(flow);
  const isNamed =
    [...approverIds, ...flow.ownerIds].includes(user.id) && flow.namedUsers[user.id] === user.deactivations;
  return isNamed || approverGroupIds.some((id) => person.groups.get(id)?.scim ?? false);
}
