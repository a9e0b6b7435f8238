import { type ApprovalStep, type ApproverTier, type Verdict } from '@tidegate/contracts';
import { type Approval, isReached } from './quorum.rule.js';

/** A review of a step. It was checked when it was given: the reviewer was an approver and was allowed to act. */
export interface Review extends Approval {
  /** The index of the step. */
  step: number;
  verdict: Verdict;
}

/** The state of a request. `step` is the step that was denied, or the first one that is not approved. */
export type Decision =
  { status: 'approved' } | { status: 'denied'; step: number } | { status: 'pending'; step: number };

/**
 * The order of the reviews has no effect. One denial of any step overrides all approvals. Approvals of a step count when
 * all earlier steps are approved.
 *
 * @param steps the current steps of the flow; without steps the request is approved
 * @param reviews only those of the current round
 */
export function decide(steps: readonly ApprovalStep[], reviews: readonly Review[]): Decision {
  const denied = reviews.filter(({ verdict }) => verdict === 'deny').map(({ step }) => step);
  if (denied.length > 0) return { status: 'denied', step: Math.min(...denied) };
  const pending = steps.findIndex((step, index) => {
    return !isApproved(
      step,
      reviews.filter((review) => review.step === index),
    );
  });
  return pending === -1 ? { status: 'approved' } : { status: 'pending', step: pending };
}

/** @returns whether the approvals reach the quorum of any tier: one approval is enough from owners and administrators */
function isApproved(step: ApprovalStep, approvals: readonly Approval[]): boolean {
  const one = (tier: ApproverTier) => approvals.some(({ entries }) => entries.some((entry) => entry.tier === tier));
  return (
    isReached(step, 'step', approvals) ||
    (step.fallback !== undefined && isReached(step.fallback, 'fallback', approvals)) ||
    (step.escalation !== undefined && isReached(step.escalation, 'escalation', approvals)) ||
    one('flow_owners') ||
    one('administrators')
  );
}

/**
 * @param requested the requested duration
 * @param reviews `durationSeconds` is the duration that an approver allows; without it, the requested one
 * @returns the duration in seconds: an approver can shorten it, never lengthen it
 */
export function approvedSeconds(
  requested: number,
  reviews: readonly { verdict: Verdict; durationSeconds?: number | null }[],
): number {
  const approvals = reviews.filter(({ verdict }) => verdict === 'approve');
  return Math.min(requested, ...approvals.map(({ durationSeconds }) => durationSeconds ?? requested));
}
