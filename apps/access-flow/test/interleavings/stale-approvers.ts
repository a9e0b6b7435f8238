import { isSameList } from '../../src/requests/approvers.rule.js';
import { openApprovers } from '../../src/requests/approvers.queries.js';
import { resolveApprovers } from '../../src/requests/open-step.js';
import { lockRequests } from '../../src/requests/requests.queries.js';
import { findFlows } from '../../src/policy/flows.queries.js';
import { type World } from './world.js';

/** @returns the pending requests whose stored approvers are not those that their step has now */
export async function staleApprovers(world: World): Promise<string[]> {
  const { id: integrationId, accessFlow } = world.integration;
  const pending = await world.rows<{ id: string }>(
    `SELECT id FROM access_flow.requests WHERE integration_id = $1 AND status = 'pending'`,
  );
  if (pending.length === 0) return [];
  return accessFlow.database.inIntegration(integrationId, async (tx) => {
    const requests = await lockRequests(
      tx,
      integrationId,
      pending.map(({ id }) => id),
    );
    const flows = await findFlows(
      tx,
      integrationId,
      requests.map(({ flowId }) => flowId),
    );
    const stale: string[] = [];
    for (const request of requests) {
      const { approvers, undecidable } = await resolveApprovers(tx, flows.get(request.flowId)!, request.step!, request);
      const stored = await openApprovers(tx, integrationId, request.id);
      if (isSameList(stored, approvers) && undecidable === request.undecidable) continue;
      const names = (list: typeof stored) =>
        list.map(({ tier, kind, approverId }) => `${tier} ${kind} ${world.nameOf(approverId)}`).join(', ');
      stale.push(
        `approvers of a pending request, step ${request.step}: [${names(stored)}], but now they are [${names(approvers)}]`,
      );
    }
    return stale;
  });
}
