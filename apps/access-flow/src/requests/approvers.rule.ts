import { type Approval } from '@tidegate/contracts';
import { type RequestEntity } from './request.entity.js';

/** The approvers of a pending request, and whether none of them can review it. */
export type CurrentApprovers = Pick<RequestEntity, 'approverIds' | 'undecidable'>;

/** @returns whether a request requires approval and has no approver other than the requester */
export function isUndecidable(approverIds: readonly string[] | null, requesterId: string): boolean {
  return approverIds !== null && approverIds.every((id) => id === requesterId);
}

/**
 * Updates the approvers of a pending request after a change of its flow or a deactivation. Approvers removed from the flow
 * are removed from the request. New approvers of the flow are used only if the request would otherwise be undecidable.
 * If the flow became automatic, the request still requires a review by its own approvers.
 *
 * @param approverIds of the request; active users
 * @param approval of the flow; its approvers are active users
 */
export function currentApprovers(
  { userId, approverIds }: Pick<RequestEntity, 'userId' | 'approverIds'>,
  approval: Approval,
): CurrentApprovers {
  if (approverIds === null) return { approverIds, undecidable: false };
  if (approval.kind === 'automatic') return { approverIds, undecidable: isUndecidable(approverIds, userId) };
  const flowApproverIds = approval.approverIds;
  const remaining = approverIds.filter((id) => flowApproverIds.includes(id));
  if (!isUndecidable(remaining, userId)) return { approverIds: remaining, undecidable: false };
  return { approverIds: flowApproverIds, undecidable: isUndecidable(flowApproverIds, userId) };
}
