import { type Cause, type RequestRecord } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { addGrantEnd } from '../deadlines/deadlines.queries.js';
import { addTargetWork } from '../targets/target-work.queries.js';
import { insertGrant } from './grants.queries.js';

/**
 * Makes the grant of an approved request, its work for the target and its end.
 *
 * @param requester the user's row, locked for share in this transaction: a deactivation waits until the grant is there
 * to be ended, or was here first
 */
export async function grant(
  tx: Tx,
  request: Pick<RequestRecord, 'id' | 'integrationId' | 'userId' | 'groupId' | 'durationSeconds'>,
  grantId: string,
  requester: { active: boolean; deactivations: number },
  cause: Cause,
): Promise<void> {
  if (!requester.active) throw new Error('a grant for a user who has left (this is a bug)');
  const { integrationId, userId, groupId, durationSeconds } = request;
  await addTargetWork(tx, { integrationId, userId, groupId }, cause);
  await insertGrant(tx, {
    id: grantId,
    integrationId,
    requestId: request.id,
    userId,
    groupId,
    deactivations: requester.deactivations,
    durationSeconds,
  });
  await addGrantEnd(tx, integrationId, grantId);
}
