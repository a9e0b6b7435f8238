import { type Cause, type Confirmable, type UnnamedFlow, type UpdatedFlow } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { isDeepStrictEqual } from 'node:util';
import { cancelRequests } from '../requests/cancel-requests.js';
import { lockPending } from '../requests/cancel.queries.js';
import { pendingIds } from '../requests/pending.queries.js';
import { recheck } from '../requests/recheck.js';
import { restart } from '../requests/restart.js';
import { addApproverJobs } from '../requests/approvers.jobs.js';

/** What a change of a flow did to requests and grants. */
export type ChangeCounts = Pick<UpdatedFlow, 'cancelledRequests' | 'restartedRequests' | 'revokedGrants'>;

/**
 * Applies a change of a flow, which is locked, to its requests and grants. Pending requests follow changed steps from the
 * first step. If the flow has no steps any more, they are cancelled, because an edit of a flow grants nothing.
 */
export async function applyChange(
  tx: Tx,
  before: UnnamedFlow,
  after: UnnamedFlow,
  cause: Cause,
): Promise<ChangeCounts> {
  const { integrationId, id } = after;
  const differs = (...names: (keyof UnnamedFlow)[]) =>
    names.some((name) => !isDeepStrictEqual(before[name], after[name]));
  const none = { grants: 0, requests: 0 };
  const ended = differs('eligibility', 'groupIds', 'whenIneligible')
    ? await recheck(tx, integrationId, { flowIds: [id] }, cause)
    : none;
  const effects = {
    cancelledRequests: ended.requests,
    restartedRequests: 0,
    revokedGrants: ended.grants,
  };
  if (!differs('steps', 'distinctApprovers', 'ownerIds', 'namedUsers')) return effects;

  const pending = await pendingIds(tx, integrationId, { flowIds: [id] });
  if (!differs('steps', 'distinctApprovers')) {
    await addApproverJobs(tx, integrationId, pending, cause);
    return effects;
  }
  const subject = { kind: 'requests', ids: pending } as const;
  if (after.steps.length === 0) {
    await lockPending(tx, integrationId, subject);
    const cancelled = await cancelRequests(tx, integrationId, { subject, reason: 'flow_changed', cause });
    return { ...effects, cancelledRequests: ended.requests + cancelled };
  }
  return { ...effects, restartedRequests: await restart(tx, after, pending, cause) };
}

/** @returns what the change needs to be confirmed for */
export function confirmable(name: string, counts: ChangeCounts): Confirmable {
  return {
    title: 'name of the access flow',
    name,
    place: 'query parameter',
    ends: [
      { count: counts.revokedGrants, verb: 'revoke', noun: 'live grant' },
      { count: counts.cancelledRequests, verb: 'cancel', noun: 'pending request' },
      { count: counts.restartedRequests, verb: 'restart the approval of', noun: 'pending request' },
    ],
  };
}
