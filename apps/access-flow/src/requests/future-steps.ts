import { type FutureStep, type UnnamedFlow } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { routeStep } from './open-step.js';
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
    const { approvers } = await routeStep(tx, flow, index, request);
    const names = await approverNames(
      tx,
      flow.integrationId,
      approvers.map(({ approverId }) => approverId),
    );
    const named = approvers.map((each) => ({ ...each, id: each.approverId, ...names(each.approverId) }));
    steps.push({
      name: step.name ?? null,
      quorum: step.quorum,
      count: step.count ?? null,
      approvers: approversOf(named),
    });
  }
  return steps;
}

interface Names {
  name: string | null;
  displayName: string | null;
}

async function approverNames(tx: Tx, integrationId: string, ids: string[]): Promise<(id: string) => Names> {
  const rows = await tx.rows<Names & { id: string }>(
    `SELECT i.id, coalesce(u.user_name, g.display_name) AS name, u.display_name AS "displayName"
     FROM unnest($2::uuid[]) AS i (id)
     LEFT JOIN access_flow.users u ON u.integration_id = $1 AND u.id = i.id
     LEFT JOIN access_flow.groups g ON g.integration_id = $1 AND g.id = i.id`,
    [integrationId, ids],
  );
  const byId = new Map(rows.map(({ id, name, displayName }) => [id, { name, displayName }]));
  return (id) => byId.get(id) ?? { name: null, displayName: null };
}
