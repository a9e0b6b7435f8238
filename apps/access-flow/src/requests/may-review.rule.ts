import {
  type Actor,
  type Approval,
  type UnnamedFlow,
  Refusal,
  type UnnamedRequest,
  type ReviewRecord,
} from '@tidegate/contracts';
import { isSamePerson, isUser } from '../common/acting-person.rule.js';
import { type AccessInputs, refuseDecision, findObstacle } from '../policy/obstacle.rule.js';

export interface ReviewInputs {
  verdict: ReviewRecord['verdict'];
  reviewer: { id: string; active: boolean } | undefined;
  requester: { active: boolean } | undefined;
  /** Whether the request's time is over by the database's clock. */
  isOver: boolean;
  /** Of the current flow; undefined if it was deleted. */
  approval: Approval | undefined;
  /** The reviewer, or an API key that reviews for the reviewer. */
  actor: Actor;
}

/**
 * Checks a review. The reviewer must be an approver of the request, and still of the flow unless that became automatic.
 * Users can't review their own requests, not even through their API keys. The person who made a request for another user
 * can deny it, but not approve it. The status is checked late, so that other users do not see it.
 *
 * @param request locked, with its reviews
 * @returns the Refusal, or undefined if the review is allowed
 */
export function whyNotReview(
  request: UnnamedRequest,
  { verdict, reviewer, requester, isOver, approval, actor }: ReviewInputs,
): Refusal | undefined {
  if (!reviewer?.active) return new Refusal('notAllowed', 'The reviewer must be an active user of this integration.');
  if (reviewer.id === request.userId || isUser(actor, request.userId))
    return new Refusal('notAllowed', "Users can't review their own requests.");
  const { requestedBy } = request;
  // The person who sends the review may have no user.
  if (verdict === 'approve' && (isSamePerson(requestedBy, actor) || isUser(requestedBy, reviewer.id)))
    return new Refusal('notAllowed', "The person who made a request for another user can't approve it.");
  if (!isApprover(request.approval, reviewer.id))
    return new Refusal('notAllowed', 'This user is not an approver of this request.');
  if (request.status !== 'pending')
    return new Refusal('conflict', `This request is ${request.status}. Only pending requests can be reviewed.`);
  if (approval?.kind !== 'automatic' && !isApprover(approval, reviewer.id))
    return new Refusal('notAllowed', 'This user is no longer an approver of this access flow.');
  if (isOver) return new Refusal('conflict', 'This request has expired. Make a new request.');
  if (!requester?.active) return refuseDecision(requester ? 'user_deactivated' : 'no_user');
  if (request.reviews.some((review) => review.reviewerId === reviewer.id))
    return new Refusal('conflict', 'This user has already reviewed this request.');
  return undefined;
}

const isApprover = (approval: Approval | undefined, userId: string): boolean =>
  approval?.kind === 'one_approver' && approval.approverIds.includes(userId);

/**
 * Checks an approval against the current flow, which may have changed since the request.
 *
 * @returns the Refusal, or undefined if the request can be approved
 */
export function whyNotApprove(flow: UnnamedFlow | undefined, inputs: AccessInputs): Refusal | undefined {
  if (!flow) return new Refusal('conflict', 'The access flow was deleted.');
  const obstacle = findObstacle(flow, inputs);
  return obstacle && refuseDecision(obstacle);
}
