import { type Cause, type UnnamedFlow, systemCause } from '@tidegate/contracts';
import { addJobs, type NewJob, type Tx } from '@tidegate/database';
import { newRequestId } from '@tidegate/observability';
import { SCHEMA } from '../common/schema.js';
import { type GrantEntity } from './grant.entity.js';
import { grantedSeconds } from './duration.rule.js';
import { insertGrant } from './grants.queries.js';
import { membershipJob } from './target.js';

/** Kinds of jobs at the start and end of a grant; the key is the id of the grant. */
export const GRANT_START = 'grant.start';
export const GRANT_END = 'grant.end';

/**
 * Creates the grant of an approved request, and the jobs that apply and end it. The flow's current maximum limits it. If the
 * requested start is later, the grant is scheduled. A request for a period that has begun gets the rest of it.
 *
 * @param request `durationSeconds` is the approved duration
 * @param flow locked for share in this transaction
 * @param requester locked in this transaction, so that a concurrent deactivation either waits and ends the
 * grant, or is visible here
 * @throws Error if the requester is inactive; callers must check that
 */
export async function createGrant(
  tx: Tx,
  request: Pick<GrantEntity, 'id' | 'integrationId' | 'flowId' | 'userId' | 'groupId'> & {
    durationSeconds: number;
    startsAt: Date | null;
  },
  flow: Pick<UnnamedFlow, 'maxDurationSeconds'>,
  grantId: string,
  requester: { active: boolean; deactivations: number },
  cause: Cause,
): Promise<void> {
  if (!requester.active) throw new Error('a grant for an inactive user (this is a bug)');
  const { integrationId, userId, groupId, startsAt } = request;
  const isScheduled = startsAt !== null && startsAt.getTime() > Date.now();
  // Before the grant, as in the target's jobs, to avoid deadlocks with them.
  if (!isScheduled) await addJobs(tx, SCHEMA, [membershipJob({ integrationId, userId, groupId }, cause, false)]);
  const grant = await insertGrant(tx, {
    id: grantId,
    integrationId,
    requestId: request.id,
    flowId: request.flowId,
    userId,
    groupId,
    status: isScheduled ? 'scheduled' : 'activating',
    startsAt,
    deactivations: requester.deactivations,
    durationSeconds: grantedSeconds(request.durationSeconds, flow),
    maxSeconds: flow.maxDurationSeconds,
  });
  const job = (kind: string, at: Date): NewJob => ({
    kind,
    integrationId,
    key: grantId,
    at,
    ...systemCause(kind === GRANT_START ? 'start' : 'expiry', newRequestId()),
  });
  await addJobs(tx, SCHEMA, [...(isScheduled ? [job(GRANT_START, grant.startsAt)] : []), job(GRANT_END, grant.endsAt)]);
}
