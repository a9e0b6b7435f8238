import { Refusal, type RequestRecord } from '@tidegate/contracts';

export interface ReviewAsked {
  reviewer: { id: string; active: boolean } | undefined;
  requester: { active: boolean } | undefined;
  /** Whether the request's time is over by the database's clock. */
  isOver: boolean;
}

/**
 * @param request as it stands under its lock, with the reviews it has
 * @returns why this person may not review it, or undefined when they may. Nobody reviews what they ask for themselves.
 */
export function whyNotReview(
  request: RequestRecord,
  { reviewer, requester, isOver }: ReviewAsked,
): Refusal | undefined {
  if (!reviewer?.active) return new Refusal('notAllowed', 'This user may not review requests.');
  if (reviewer.id === request.userId) return new Refusal('notAllowed', 'Nobody may review their own request.');
  if (request.approval.kind === 'automatic' || !request.approval.approverIds.includes(reviewer.id))
    return new Refusal('notAllowed', 'This user is not an approver of this request.');
  if (request.status !== 'pending') return new Refusal('conflict', `This request is ${request.status}.`);
  if (isOver) return new Refusal('conflict', 'This request has expired.');
  if (!requester?.active) return new Refusal('conflict', 'The user who asked is deactivated.');
  if (request.reviews.some((review) => review.reviewerId === reviewer.id))
    return new Refusal('conflict', 'This user has reviewed the request already.');
  return undefined;
}
