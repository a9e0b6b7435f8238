import { type Tx } from '@tidegate/database';
import { actingRules } from '../approval/acting.rule.js';
import { type Entry } from '../approval/quorum.rule.js';
import { mayAct } from '../approval/routing.rule.js';
import { type LockedInputs } from '../policy/access-inputs.js';
import { type OpenApprover } from './approvers.queries.js';
import { routeStep } from './open-step.js';
import { type LockedRequest } from './requests.queries.js';

/** @returns the entries of the open step to which the reviewer belongs now; empty if the reviewer is no approver */
export async function entriesOf(
  tx: Tx,
  request: LockedRequest,
  { flow, persons }: Pick<LockedInputs, 'flow' | 'persons'>,
  reviewerId: string | undefined,
): Promise<Entry[]> {
  const { step: index } = request;
  const step = index === null ? undefined : flow?.steps[index];
  if (!flow || !step || index === null || request.status !== 'pending') return [];
  const { approvers } = await routeStep(tx, flow, index, request);
  const groups = reviewerId === undefined ? undefined : persons.get(reviewerId)?.groups;
  const rules = actingRules(request, index, { allowSelf: step.allowSelf, distinctApprovers: flow.distinctApprovers });
  const belongs = ({ kind, approverId }: OpenApprover): boolean => {
    if (kind === 'administrators') return reviewerId === undefined;
    if (kind === 'user') return approverId === reviewerId;
    return (groups?.get(approverId)?.scim ?? false) && mayAct(reviewerId!, rules, 'group');
  };
  return approvers.filter(belongs).map(({ tier, entry }) => ({ tier, entry }));
}
