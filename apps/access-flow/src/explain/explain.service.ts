import {
  type AccessExplanation,
  type Command,
  type ExplainedFlow,
  Refusal,
  type UnnamedFlow,
} from '@tidegate/contracts';
import { Database, type Tx } from '@tidegate/database';
import { Injectable } from '@nestjs/common';
import { describeStep } from '../approval/describe-step.rule.js';
import { allowedIntegrations } from '../common/allowed-integrations.js';
import { requireFound } from '../common/require-found.js';
import { availableGroups } from '../directory/groups.queries.js';
import { activeIntegrations } from '../directory/integrations.queries.js';
import { namesById, readNames } from '../directory/names.queries.js';
import { userRefs } from '../directory/names.rule.js';
import { readPresent } from '../directory/users.queries.js';
import { describeCondition } from '../policy/describe-condition.rule.js';
import { explainSummary } from '../policy/explain-summary.rule.js';
import { neededFacts, readFacts } from '../policy/facts.js';
import { flowReferences } from '../policy/flow-settings.rule.js';
import { listOffering } from '../policy/flows.queries.js';
import { visibleFlowIds } from '../policy/visible-flows.js';
import { canSeeGroup } from '../policy/visible.queries.js';
import { chooseFlow } from '../requests/choose-flow.js';
import { futureSteps } from '../requests/future-steps.js';
import { type Asking, obstaclesOf } from './obstacles.js';

/** The flows of one explanation. */
const FLOWS = 50;

/** What the caller may see. */
interface Sight {
  flows(id: string): boolean;
  group: boolean;
}

/** Explains who can request a group, and why a user cannot. It reads only, without locks. */
@Injectable()
export class ExplainService {
  constructor(private readonly database: Database) {}

  /**
   * A member learns no conditions. Of an enabled flow that it cannot see it learns only the obstacles, without names and
   * values of the condition.
   * @throws Refusal `missing` for an unknown integration, group or user, and for a group that a member cannot see and that no
   *   enabled flow offers
   */
  explain(command: Command<'access.explain'>): Promise<AccessExplanation> {
    const { integrationId: requested, groupId, userId, asMember = false } = command.data;
    const [allowed] = allowedIntegrations(command.integrationIds, requested);
    const integrationId = requireFound(allowed, 'integration');
    return this.database.transaction(command, async (tx) => {
      const isSynced = (await availableGroups(tx, integrationId, [groupId])).has(groupId);
      const sight = asMember && userId ? await sightOf(tx, integrationId, userId, groupId) : ALL;
      const offering = await listOffering(tx, integrationId, groupId, FLOWS);
      const flows = asMember ? offering.filter(({ id, enabled }) => enabled || sight.flows(id)) : offering;
      if (asMember && !sight.group && (flows.length === 0 || !isSynced)) throw new Refusal('missing', 'No such group.');
      const references = flows.map(flowReferences);
      const names = await readNames(
        tx,
        integrationId,
        [userId, ...references.flatMap(({ userIds }) => userIds)],
        [groupId, ...references.flatMap(({ otherGroupIds }) => otherGroupIds)],
      );
      requireFound(names.groups[groupId], 'group');
      const asking = userId
        ? await this.asking(tx, flows, { integrationId, groupId, userId, isSynced, asMember })
        : undefined;
      const chosenId = asking && (await chosenFlow(tx, integrationId, asking));
      const explained: ExplainedFlow[] = [];
      for (const [index, flow] of flows.entries()) {
        const obstacles = asking ? await obstaclesOf(tx, flow, asking, namesById(names)) : [];
        const isAllowed = asking ? obstacles.length === 0 : null;
        const steps = asking && isAllowed ? await futureSteps(tx, flow, { userId: asking.user.id, groupId }) : [];
        const rest = { order: index + 1, chosen: flow.id === chosenId, allowed: isAllowed, obstacles, steps };
        explained.push({
          ...described(flow, namesById(names), { isVisible: sight.flows(flow.id), asMember }),
          ...rest,
        });
      }
      const user = userRefs(names.users, userId ? [userId] : [])[0] ?? null;
      const group = { id: groupId, name: sight.group ? names.groups[groupId]! : null };
      const summary = explainSummary(explained, { user: user?.userName, group: group.name, asMember });
      return { integrationId, group, user, flows: explained, summary };
    });
  }

  private async asking(
    tx: Tx,
    flows: readonly UnnamedFlow[],
    asked: { integrationId: string; groupId: string; userId: string; isSynced: boolean; asMember: boolean },
  ): Promise<Asking> {
    const { integrationId, groupId, userId, isSynced, asMember } = asked;
    const user = requireFound((await readPresent(tx, integrationId, [userId])).get(userId), 'user');
    const persons = await readFacts(tx, integrationId, [userId], neededFacts(flows));
    return {
      groupId,
      user,
      person: requireFound(persons.get(userId), 'user'),
      groupIsSynced: isSynced,
      integrationIsActive: (await activeIntegrations(tx, [integrationId])).has(integrationId),
      asMember,
    };
  }
}

const ALL: Sight = { flows: () => true, group: true };

async function sightOf(tx: Tx, integrationId: string, userId: string, groupId: string): Promise<Sight> {
  const visible = new Set(await visibleFlowIds(tx, [{ integrationId, userId }]));
  return { flows: (id) => visible.has(id), group: await canSeeGroup(tx, integrationId, userId, groupId) };
}

/** @returns the id of the flow that a request without a flow would use; undefined if none allows it */
async function chosenFlow(tx: Tx, integrationId: string, asking: Asking): Promise<string | undefined> {
  const { groupId, user, asMember } = asking;
  const access = { userId: user.id, groupId, memberId: asMember ? user.id : undefined };
  try {
    return (await chooseFlow(tx, integrationId, access)).flow.id;
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

function described(
  flow: UnnamedFlow,
  names: ReadonlyMap<string, string>,
  { isVisible, asMember }: { isVisible: boolean; asMember: boolean },
) {
  const { minDurationSeconds, maxDurationSeconds, requireJustification, requesters, priority } = flow;
  const seen = {
    flowId: flow.id,
    flowName: flow.name,
    eligibility: asMember ? null : describeCondition(flow.eligibility, names),
    approval: flow.steps.map((step) => describeStep(step, names)),
  };
  const shown = isVisible ? seen : { flowId: null, flowName: null, eligibility: null, approval: [] };
  return { ...shown, priority, minDurationSeconds, maxDurationSeconds, requireJustification, requesters };
}
