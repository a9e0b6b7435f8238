import { type Cause, type Confirmable, type UnnamedFlow, type UpdatedFlow } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { isDeepStrictEqual } from 'node:util';
import { cancelRequests } from '../requests/cancel-requests.js';
import { updateApprovers } from '../requests/open-step.js';
import { pendingIds } from '../requests/pending.queries.js';
import { recheck } from '../requests/recheck.js';
import { restart } from '../requests/restart.js';
import { lockRequests } from '../requests/requests.queries.js';

export type ChangeCounts = Pick<UpdatedFlow, 'cancelledRequests' | 'restartedRequests' | 'revokedGrants'>;

/** What a change of a flow did to requests and grants. */
export interface ChangeEffects extends ChangeCounts {
  /** Ids of the requests that became undecidable by users. */
  undecidable: string[];
}

/**
 * Applies a change of a flow, which is locked, to its requests and grants. Pending requests follow changed steps from the
 * first step. If the flow has no steps any more, they are cancelled, because an edit of a flow grants nothing.
 */
export async function applyChange(
  tx: Tx,
  before: UnnamedFlow,
  after: UnnamedFlow,
  cause: Cause,
): Promise<ChangeEffects> {
  const { integrationId, id } = after;
  const differs = (...names: (keyof UnnamedFlow)[]) =>
    names.some((name) => !isDeepStrictEqual(before[name], after[name]));
  const none = { grants: 0, requests: 0 };
  const ended = differs('eligibility', 'groupIds') ? await recheck(tx, integrationId, { flowIds: [id] }, cause) : none;
  const effects = {
    cancelledRequests: ended.requests,
    restartedRequests: 0,
    revokedGrants: ended.grants,
    undecidable: [],
  };
  if (!differs('steps', 'distinctApprovers', 'ownerIds', 'namedUsers')) return effects;

  const pending = await pendingIds(tx, integrationId, { flowIds: [id] });
  const requests = (await lockRequests(tx, integrationId, pending)).filter(({ status }) => status === 'pending');
  const restarts = differs('steps', 'distinctApprovers');
  if (restarts && after.steps.length === 0) {
    const subject = { kind: 'requests', ids: requests.map((request) => request.id) } as const;
    const cancelled = await cancelRequests(tx, integrationId, { subject, reason: 'flow_changed', cause });
    return { ...effects, cancelledRequests: ended.requests + cancelled };
  }
  const undecidable: string[] = [];
  const follow = restarts ? restart : updateApprovers;
  for (const request of requests) if (await follow(tx, request, after, cause)) undecidable.push(request.id);
  return { ...effects, restartedRequests: restarts ? requests.length : 0, undecidable };
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
