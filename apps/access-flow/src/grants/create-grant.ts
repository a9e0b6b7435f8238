import { type Cause, type UnnamedFlow, type UnnamedRequest, systemCause } from '@tidegate/contracts';
import { addJobs, type Tx } from '@tidegate/database';
import { newRequestId } from '@tidegate/observability';
import { SCHEMA } from '../common/schema.js';
import { grantedSeconds } from './duration.rule.js';
import { insertGrant } from './grants.queries.js';
import { membershipJob } from './target.js';

/** Kind of the job at the end of a grant; its key is the id of the grant. */
export const GRANT_END = 'grant.end';

/**
 * Creates the grant of an approved request, and the jobs that apply and end it. The flow's current maximum limits it.
 *
 * @param flow locked for share in this transaction
 * @param requester locked in this transaction, so that a concurrent deactivation either waits and ends the
 * grant, or is visible here
 * @throws Error if the requester is inactive; callers must check that
 */
export async function createGrant(
  tx: Tx,
  request: Pick<UnnamedRequest, 'id' | 'integrationId' | 'flowId' | 'userId' | 'groupId' | 'durationSeconds'>,
  flow: Pick<UnnamedFlow, 'maxDurationSeconds'>,
  grantId: string,
  requester: { active: boolean; deactivations: number },
  cause: Cause,
): Promise<void> {
  if (!requester.active) throw new Error('a grant for an inactive user (this is a bug)');
  const { integrationId, userId, groupId } = request;
  // Before the grant, as in the target's jobs, to avoid deadlocks with them.
  await addJobs(tx, SCHEMA, [membershipJob({ integrationId, userId, groupId }, cause, false)]);
  const at = await insertGrant(tx, {
    id: grantId,
    integrationId,
    requestId: request.id,
    flowId: request.flowId,
    userId,
    groupId,
    deactivations: requester.deactivations,
    durationSeconds: grantedSeconds(request, flow),
    maxSeconds: flow.maxDurationSeconds,
  });
  const expiry = systemCause('expiry', newRequestId());
  await addJobs(tx, SCHEMA, [{ kind: GRANT_END, integrationId, key: grantId, at, ...expiry }]);
}
