import { type FutureStep, type UnnamedFlow } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { readNames } from '../directory/names.queries.js';
import { resolveApprovers } from './open-step.js';
import { type OpenApprover } from './request-approver.entity.js';
import { approversOf } from './steps.rule.js';

/** @returns who would decide each step of a request that does not exist yet */
export async function futureSteps(
  tx: Tx,
  flow: UnnamedFlow,
  access: { userId: string; groupId: string },
): Promise<FutureStep[]> {
  const request = { ...access, requestedBy: null, round: 0, reviews: [], escalated: false };
  if (flow.steps.length === 0) return [];
  const resolved: OpenApprover[][] = [];
  for (const index of flow.steps.keys()) resolved.push((await resolveApprovers(tx, flow, index, request)).approvers);
  const ids = resolved.flat().map(({ approverId }) => approverId);
  const { users, groups } = await readNames(tx, flow.integrationId, ids, ids);
  const named = (approver: OpenApprover) => ({
    ...approver,
    id: approver.approverId,
    name: users[approver.approverId]?.userName ?? groups[approver.approverId] ?? null,
    displayName: users[approver.approverId]?.displayName ?? null,
  });
  return flow.steps.map((step, index) => ({
    name: step.name ?? null,
    quorum: step.quorum,
    count: step.count ?? null,
    approvers: approversOf(resolved[index]!.map(named)),
  }));
}
