import { type FlowRules, Refusal } from '@tidegate/contracts';

/** The eligible users of a flow with one approver. */
export interface EligibleUsers {
  /** Whether the approver is eligible. */
  approver: boolean;
  /** Whether any other active user is eligible. */
  others: boolean;
}

/**
 * Refuses an enabled flow whose requests could not be reviewed, since users can't review their own requests. A flow
 * without eligible users is allowed: its groups may get members later.
 *
 * @param eligible needed only for a flow with one approver
 * @returns the Refusal, or undefined
 */
export function whyUndecidable(
  { enabled, approval }: Pick<FlowRules, 'enabled' | 'approval'>,
  eligible: EligibleUsers | undefined,
): Refusal | undefined {
  if (!enabled || approval.kind === 'automatic') return undefined;
  if (approval.approverIds.length === 0)
    return new Refusal(
      'invalid',
      'approval.approverIds must include an active user. This access flow has no approver who can review requests.',
    );
  if (eligible?.approver && !eligible.others)
    return new Refusal(
      'invalid',
      "approval.approverIds must include another user. The only approver is the only eligible user and can't review their own requests.",
    );
  return undefined;
}

/** @returns the id of the approver if the flow has exactly one */
export function onlyApprover({ approval }: Pick<FlowRules, 'approval'>): string | undefined {
  return approval.kind === 'one_approver' && approval.approverIds.length === 1 ? approval.approverIds[0] : undefined;
}
