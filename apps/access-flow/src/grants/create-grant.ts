import { type Cause, type FlowRecord, type RequestRecord } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { addGrantEnd } from './deadlines.queries.js';
import { addTargetWork } from './target-work.queries.js';
import { grantedSeconds } from './duration.rule.js';
import { insertGrant } from './grants.queries.js';

/**
 * Creates the grant of an approved request, its target work and its deadline. The flow's current maximum limits it.
 *
 * @param flow locked for share in this transaction
 * @param requester locked for share in this transaction, so that a concurrent deactivation either waits and ends the
 * grant, or is visible here
 * @throws Error if the requester is inactive; callers must check that
 */
export async function createGrant(
  tx: Tx,
  request: Pick<RequestRecord, 'id' | 'integrationId' | 'userId' | 'groupId' | 'durationSeconds'>,
  flow: Pick<FlowRecord, 'maxDurationSeconds'>,
  grantId: string,
  requester: { active: boolean; deactivations: number },
  cause: Cause,
): Promise<void> {
  if (!requester.active) throw new Error('a grant for an inactive user (this is a bug)');
  const { integrationId, userId, groupId } = request;
  await addTargetWork(tx, { integrationId, userId, groupId }, cause);
  await insertGrant(tx, {
    id: grantId,
    integrationId,
    requestId: request.id,
    userId,
    groupId,
    deactivations: requester.deactivations,
    durationSeconds: grantedSeconds(request, flow),
    maxSeconds: flow.maxDurationSeconds,
  });
  await addGrantEnd(tx, integrationId, grantId);
}
