import { type Cause, Refusal, type UnnamedFlow } from '@tidegate/contracts';
import { recordEvents, type Tx } from '@tidegate/database';
import { v7 as uuidv7 } from 'uuid';
import { currentReviews } from '../approval/current-reviews.rule.js';
import { approvedSeconds, decide } from '../approval/verdict.rule.js';
import { requireFound } from '../common/require-found.js';
import { SCHEMA } from '../common/schema.js';
import { type KnownUser } from '../directory/users.queries.js';
import { createGrant } from '../grants/create-grant.js';
import { extend } from '../grants/extend-grant.js';
import { type AccessInputs } from '../policy/obstacle.rule.js';
import { refuseCapped } from './caps.queries.js';
import { closeApprovers } from './approvers.queries.js';
import { recordEnds } from './notify.js';
import { openStep, updateApprovers } from './open-step.js';
import { requestEvent } from './request.events.js';
import { type LockedRequest } from './request.entity.js';
import { closeRequest } from './requests.queries.js';
import { addExtension } from './timeline.queries.js';

/** What a decision about a request did. */
export interface Advanced {
  /** Whether the request is still pending. */
  isPending: boolean;
  /** Whether no user can decide the open step, and one could before. */
  becameUndecidable: boolean;
}

/**
 * Applies the reviews of a locked request: opens its next step, denies it, or approves it. An approval creates the grant, or
 * extends it, in the same transaction.
 *
 * @param flow the current one, locked for share. Its steps are those of the request.
 * @param locked the requester and the state of the access, locked
 */
export async function advance(
  tx: Tx,
  request: LockedRequest,
  flow: UnnamedFlow,
  { requester, inputs }: { requester: KnownUser; inputs: AccessInputs },
  cause: Cause,
): Promise<Advanced> {
  const reviews = currentReviews(request).map((review) => ({ ...review, reviewer: review.reviewerKey }));
  const decision = decide(flow.steps, reviews);
  if (decision.status === 'pending') {
    const isNext = decision.step !== request.step;
    const becameUndecidable = isNext
      ? await openStep(tx, request, flow, decision.step, cause)
      : await updateApprovers(tx, request, flow, cause);
    return { isPending: true, becameUndecidable };
  }

  const { integrationId, id, kind } = request;
  const seconds = approvedSeconds(request.durationSeconds, reviews);
  const isGranted = decision.status === 'approved' && kind === 'access';
  const newGrantId = isGranted ? uuidv7() : undefined;
  if (isGranted) {
    await refuseCapped(tx, flow, request);
    if (request.startsAt && request.startsAt.getTime() + seconds * 1000 <= Date.now())
      throw new Refusal('conflict', 'The period of this request would be over. Approve a longer time, or deny it.');
  }
  const row = await closeRequest(tx, integrationId, id, {
    status: decision.status,
    ...(newGrantId && { grantId: newGrantId }),
  });
  if (!row) throw new Error('a locked request was decided concurrently (this is a bug)');
  await recordEvents(tx, SCHEMA, [requestEvent(row, cause)]);
  if (flow.steps.length > 0) {
    await closeApprovers(tx, integrationId, [id]);
    await recordEnds(tx, [row], cause);
  }
  if (newGrantId) await createGrant(tx, { ...request, durationSeconds: seconds }, flow, newGrantId, requester, cause);
  if (decision.status === 'approved' && kind === 'extension') {
    const grantId = requireFound(request.grantId ?? undefined, 'grant');
    const grant = await extend(tx, integrationId, grantId, { flow, inputs }, { seconds, as: 'holder' }, cause);
    await addExtension(tx, cause.actor, grant, seconds);
  }
  return { isPending: false, becameUndecidable: false };
}
