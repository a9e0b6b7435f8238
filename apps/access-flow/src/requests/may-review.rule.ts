import {
  type Actor,
  type Approval,
  type FlowRecord,
  Refusal,
  type RequestRecord,
  type ReviewRecord,
} from '@tidegate/contracts';
import { isSamePerson, isUser } from '../commands/acting-person.rule.js';
import { type Circumstances, noLonger, obstacleTo } from '../flows/obstacle.rule.js';

export interface ReviewAsked {
  verdict: ReviewRecord['verdict'];
  reviewer: { id: string; active: boolean } | undefined;
  requester: { active: boolean } | undefined;
  /** Whether the request's time is over by the database's clock. */
  isOver: boolean;
  /** The flow's rule of now; undefined when the flow is deleted. */
  approval: Approval | undefined;
  /** Who sends the review: the reviewer, or a key in the reviewer's name. */
  actor: Actor;
}

/**
 * Approvers are those whom the request names and the flow still names; an automatic flow names nobody, and takes nobody's
 * word away. Strangers learn nothing of the state of a request.
 *
 * @param request as it stands under its lock, with the reviews it has
 * @returns why this person may not review it, or undefined when they may. Nobody reviews what they ask for themselves, as
 * another user through a key of their own neither. The person who made a request for another user may deny it, and does not
 * approve it.
 */
export function whyNotReview(
  request: RequestRecord,
  { verdict, reviewer, requester, isOver, approval, actor }: ReviewAsked,
): Refusal | undefined {
  if (!reviewer?.active) return new Refusal('notAllowed', 'This user may not review requests.');
  if (reviewer.id === request.userId || isUser(actor, request.userId))
    return new Refusal('notAllowed', 'Nobody may review their own request.');
  const { requestedBy } = request;
  // The person behind the review need not be a user here.
  if (verdict === 'approve' && (isSamePerson(requestedBy, actor) || isUser(requestedBy, reviewer.id)))
    return new Refusal('notAllowed', 'The person who made a request for another user may not approve it.');
  if (!names(request.approval, reviewer.id))
    return new Refusal('notAllowed', 'This user is not an approver of this request.');
  if (request.status !== 'pending') return new Refusal('conflict', `This request is ${request.status}.`);
  if (approval?.kind !== 'automatic' && !names(approval, reviewer.id))
    return new Refusal('notAllowed', 'This user is no longer an approver of the access flow.');
  if (isOver) return new Refusal('conflict', 'This request has expired.');
  if (!requester?.active) return noLonger(requester ? 'user_deactivated' : 'no_user');
  if (request.reviews.some((review) => review.reviewerId === reviewer.id))
    return new Refusal('conflict', 'This user has reviewed the request already.');
  return undefined;
}

const names = (approval: Approval | undefined, userId: string): boolean =>
  approval?.kind === 'one_approver' && approval.approverIds.includes(userId);

/**
 * An approval grants what the flow allows at that moment, not what it allowed when the request was made. A denial needs
 * none of it.
 *
 * @returns what was withdrawn since the request, or undefined when it may be approved
 */
export function whyNotApprove(flow: FlowRecord | undefined, circumstances: Circumstances): Refusal | undefined {
  if (!flow) return new Refusal('conflict', 'The access flow is deleted.');
  const obstacle = obstacleTo(flow, circumstances);
  return obstacle && noLonger(obstacle);
}
