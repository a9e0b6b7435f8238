import { type Cause, type UnnamedFlow } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { deleteApprovers } from './approvers.queries.js';
import { openStep } from './open-step.js';
import { type LockedRequest } from './request.entity.js';
import { setRound } from './open-step.queries.js';
import { addEntries } from './timeline.queries.js';

/**
 * Starts the approval of a locked, pending request again, under the changed steps of its flow. Earlier reviews no longer count.
 * @returns whether no user can decide its first step
 */
export async function restart(tx: Tx, request: LockedRequest, flow: UnnamedFlow, cause: Cause): Promise<boolean> {
  const { integrationId, id } = request;
  await deleteApprovers(tx, integrationId, id);
  await setRound(tx, request, flow.version);
  await addEntries(tx, cause.actor, [{ request, kind: 'restarted', data: { flowVersion: flow.version } }]);
  const again = { ...request, round: request.round + 1 };
  const undecidable = await openStep(tx, again, flow, 0, cause);
  return undecidable && !request.undecidable;
}
