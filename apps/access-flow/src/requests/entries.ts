import { type Command } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { actingRules } from '../approval/acting.rule.js';
import { mayAct } from '../approval/routing.rule.js';
import { type LockedInputs } from '../policy/access-inputs.js';
import { allApprovers } from './approvers.queries.js';
import { type OpenApprover } from './request-approver.entity.js';
import { resolveApprovers } from './open-step.js';
import { type LockedRequest } from './request.entity.js';
import { type ReviewEntry } from './review.entity.js';

/**
 * @returns the entries of the open step to which the reviewer belongs now; empty if the reviewer is no approver. Of a
 * decided request, those to which the reviewer belonged.
 */
export async function entriesOf(
  tx: Tx,
  request: LockedRequest,
  { flow, persons }: Pick<LockedInputs, 'flow' | 'persons'>,
  {
    reviewerId,
    reviewerKey,
    verdict,
    asAdministrator = false,
  }: Pick<Command<'requests.review'>['data'], 'reviewerId' | 'verdict' | 'asAdministrator'> & { reviewerKey: string },
): Promise<ReviewEntry[]> {
  const groups = reviewerId === undefined ? undefined : persons.get(reviewerId)?.groups;
  const among = (
    approvers: readonly OpenApprover[],
    mayActAs: (kind: OpenApprover['kind']) => boolean,
  ): ReviewEntry[] =>
    approvers
      .filter(({ kind, approverId }) => {
        if (kind === 'user') return approverId === reviewerId;
        if (!mayActAs(kind)) return false;
        return kind === 'administrators' ? asAdministrator : (groups?.get(approverId)?.scim ?? false);
      })
      .map(({ tier, entry, source }) => ({ tier, entry, source }));
  if (request.status !== 'pending') return among(await allApprovers(tx, request.integrationId, request.id), () => true);

  const { step: index } = request;
  const step = index === null ? undefined : flow?.steps[index];
  if (!flow || !step || index === null) return [];
  const entriesIn = async (one: LockedRequest) => {
    const rules = actingRules(one, index, {
      allowSelf: step.allowSelf,
      distinctApprovers: flow.distinctApprovers,
    });
    const { approvers } = await resolveApprovers(tx, flow, index, one);
    return among(approvers, (kind) => mayAct(reviewerKey, rules, kind === 'group' ? 'group' : 'administrator'));
  };
  const entries = await entriesIn(request);
  // The person who made a request for another user can deny it, as an approver, but not approve it.
  return entries.length > 0 || verdict === 'approve' ? entries : entriesIn({ ...request, requestedBy: null });
}
