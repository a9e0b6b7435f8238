import { type Cause, type UnnamedFlow } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { deleteApprovers } from './approvers.queries.js';
import { setRound } from './open-step.queries.js';
import { addApproverJobs } from './approvers.jobs.js';
import { addEntries } from './timeline.queries.js';

/**
 * Starts the approval of pending requests again, under the changed steps of their flow. Earlier reviews no longer count. Jobs
 * open the first step, so that the change of the flow does not wait for them; until then the requests cannot be reviewed.
 * @param flow locked
 * @returns the number of the requests that are still pending
 */
export async function restart(
  tx: Tx,
  { integrationId, version }: UnnamedFlow,
  requestIds: string[],
  cause: Cause,
): Promise<number> {
  const ids = await setRound(tx, integrationId, requestIds, version);
  if (ids.length === 0) return 0;
  await deleteApprovers(tx, integrationId, ids);
  const entries = ids.map((id) => ({
    request: { integrationId, id },
    kind: 'restarted' as const,
    data: { flowVersion: version },
  }));
  await addEntries(tx, cause.actor, entries);
  await addApproverJobs(tx, integrationId, ids, cause);
  return ids.length;
}
