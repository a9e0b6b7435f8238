import { type Approval } from '@tidegate/contracts';

/** Who decides a pending request, and whether that is no one. */
export interface Deciders {
  /** Null: no approval is needed. */
  approverIds: string[] | null;
  undecidable: boolean;
}

/** Whether no person can decide a request: none of the approvers is somebody else than the requester. */
export function isUndecidable(approverIds: readonly string[] | null, requesterId: string): boolean {
  return approverIds !== null && approverIds.every((id) => id === requesterId);
}

/**
 * Who decides a pending request after its flow has changed, or an approver has left it. Approvers that the flow no longer
 * names lose their say; those it names later get none, unless the request would otherwise wait for nobody: then it goes to
 * the approvers that the flow names now. A flow that has become automatic changes nothing: the request still needs its yes.
 *
 * @param approverIds of the request; users who exist and are active
 * @param approval of the flow, which names users who exist and are active
 */
export function decidersOf(
  { userId, approverIds }: { userId: string; approverIds: string[] | null },
  approval: Approval,
): Deciders {
  if (approverIds === null) return { approverIds, undecidable: false };
  if (approval.kind === 'automatic') return { approverIds, undecidable: isUndecidable(approverIds, userId) };
  const named = approval.approverIds;
  const left = approverIds.filter((id) => named.includes(id));
  if (!isUndecidable(left, userId)) return { approverIds: left, undecidable: false };
  return { approverIds: named, undecidable: isUndecidable(named, userId) };
}
