import { type FlowSettings, Refusal } from '@tidegate/contracts';

/** Who may request under a flow, as far as its only approver matters. */
export interface PossibleRequesters {
  /** Whether the only approver may request. */
  approver: boolean;
  /** Whether any other active user may. */
  others: boolean;
}

/**
 * A flow that is enabled and under which no request could be decided is not saved: nobody decides their own request. A flow
 * without any possible requester is: members may come later.
 *
 * @param requesters asked for only where the flow has one approver
 */
export function whyUndecidable(
  { enabled, approval }: Pick<FlowSettings, 'enabled' | 'approval'>,
  requesters: PossibleRequesters | undefined,
): Refusal | undefined {
  if (!enabled || approval.kind === 'automatic') return undefined;
  if (approval.approverIds.length === 0)
    return new Refusal(
      'invalid',
      'approval.approverIds must name an active user: no approver of this access flow is left who could decide a request.',
    );
  if (requesters?.approver && !requesters.others)
    return new Refusal(
      'invalid',
      'approval.approverIds must name another user: the only approver is the only user who may request.',
    );
  return undefined;
}

/** @returns the approver, where the flow has only one */
export function onlyApprover({ approval }: Pick<FlowSettings, 'approval'>): string | undefined {
  return approval.kind === 'one_approver' && approval.approverIds.length === 1 ? approval.approverIds[0] : undefined;
}
