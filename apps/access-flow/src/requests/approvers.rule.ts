import { type ApprovalStep, type ApproverSource, type ApproverTier } from '@tidegate/contracts';
import { type Candidates } from '../approval/routing.rule.js';
import { ADMINISTRATORS, type OpenApprover } from './request-approver.entity.js';

/**
 * @param tiers that can decide the step
 * @param candidates without those who may not act
 * @returns the approvers to store. A group is stored as such, because its members are evaluated when they decide.
 */
export function approversOf(
  step: ApprovalStep,
  tiers: readonly ApproverTier[],
  candidates: Candidates,
): OpenApprover[] {
  return tiers.flatMap((tier): OpenApprover[] => {
    if (tier === 'administrators')
      return [{ tier, entry: 0, kind: 'administrators', approverId: ADMINISTRATORS, source: 'administrators' }];
    if (tier === 'flow_owners')
      return candidates.flow_owners.map((id) => approver(tier, 0, { kind: 'flow_owners' }, id));
    const set = tier === 'step' ? step : step[tier];
    return (set?.approvers ?? []).flatMap((source, entry) => {
      const people = candidates[tier][entry] ?? [];
      if (source.kind === 'group') return people.length > 0 ? [approver(tier, entry, source, source.id)] : [];
      return people.map((id) => approver(tier, entry, source, id));
    });
  });
}

const approver = (tier: ApproverTier, entry: number, { kind }: ApproverSource, approverId: string): OpenApprover => ({
  tier,
  entry,
  kind: kind === 'group' ? 'group' : 'user',
  approverId,
  source: kind,
});

/** @returns whether two lists have the same approvers, in any order */
export function isSameList(one: readonly OpenApprover[], other: readonly OpenApprover[]): boolean {
  const keys = (list: readonly OpenApprover[]) =>
    list.map(({ tier, entry, approverId }) => `${tier} ${entry} ${approverId}`).sort();
  return one.length === other.length && keys(one).join() === keys(other).join();
}
