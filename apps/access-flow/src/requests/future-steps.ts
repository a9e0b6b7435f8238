import { type FutureStep, type UnnamedFlow } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { readNames } from '../directory/names.queries.js';
import { resolveApprovers } from './open-step.js';
import { approversOf } from './steps.rule.js';

/** @returns who would decide each step of a request that does not exist yet */
export async function futureSteps(
  tx: Tx,
  flow: UnnamedFlow,
  access: { userId: string; groupId: string },
): Promise<FutureStep[]> {
  const request = { ...access, requestedBy: null, round: 0, reviews: [], escalated: false };
  const steps: FutureStep[] = [];
  for (const [index, step] of flow.steps.entries()) {
    const { approvers } = await resolveApprovers(tx, flow, index, request);
    const ids = approvers.map(({ approverId }) => approverId);
    const { users, groups } = await readNames(tx, flow.integrationId, ids, ids);
    const named = approvers.map((each) => ({
      ...each,
      id: each.approverId,
      name: users[each.approverId]?.userName ?? groups[each.approverId] ?? null,
      displayName: users[each.approverId]?.displayName ?? null,
    }));
    steps.push({
      name: step.name ?? null,
      quorum: step.quorum,
      count: step.count ?? null,
      approvers: approversOf(named),
    });
  }
  return steps;
}
