import { type Actor, type ApprovalStep, Refusal, type UnnamedFlow, type Verdict } from '@tidegate/contracts';
import { currentReviews } from '../approval/current-reviews.rule.js';
import { type Entry } from '../approval/quorum.rule.js';
import { isSamePerson, isUser, personOf } from '../common/acting-person.rule.js';
import { type AccessInputs, findObstacle, refuseDecision } from '../policy/obstacle.rule.js';
import { type LockedRequest } from './request.entity.js';

/** The request as far as the rule needs it. */
type Reviewed = Pick<
  LockedRequest,
  'userId' | 'status' | 'requestedBy' | 'durationSeconds' | 'isOver' | 'round' | 'step'
> & {
  reviews: readonly Pick<LockedRequest['reviews'][number], 'round' | 'step' | 'reviewerKey' | 'reviewedBy'>[];
};

export interface ReviewInputs {
  verdict: Verdict;
  comment: string | null;
  /** The duration that an approval allows; null: the requested one. */
  durationSeconds: number | null;
  /** The user who reviews; undefined if there is none, or it is unknown. */
  reviewer: { id: string; active: boolean } | undefined;
  /** Whether an administrator without a user reviews. */
  isAdministrator: boolean;
  /** Identifies the person, as in the stored reviews. */
  reviewerKey: string;
  /** The person who made the request for another user; undefined if the user did, or the person has no user. */
  maker: { active: boolean } | undefined;
  /** Whether a person can approve in one step only. */
  distinctApprovers: boolean;
  requester: { active: boolean } | undefined;
  /** The open step; undefined if the current flow has none with this index. */
  step: ApprovalStep | undefined;
  /** What makes the reviewer an approver of the open step now, or made one of a decided request; empty: nothing. */
  entries: readonly Entry[];
  /** The reviewer, or an API key that reviews for the reviewer. */
  actor: Actor;
}

/**
 * Checks a review. The reviewer must be an approver of the open step, by the current flow and the current directory.
 * Users can't review their own requests, unless the step allows it, and never through an API key. The person who made a
 * request for another user can deny it, but not approve it. The status is checked late, so that other users do not see it.
 *
 * @param request locked, with its reviews
 * @returns the Refusal, or undefined if the review is allowed
 */
export function whyNotReview(request: Reviewed, given: ReviewInputs): Refusal | undefined {
  const { verdict, comment, durationSeconds, reviewer, isAdministrator, requester, step, entries, actor } = given;
  const { reviewerKey, distinctApprovers } = given;
  if (!isAdministrator && !reviewer?.active)
    return new Refusal('notAllowed', 'The reviewer must be an active user of this integration.');
  const isOwn = reviewer?.id === request.userId || isUser(actor, request.userId);
  if (isOwn && !(step?.allowSelf && actor.kind === 'person' && entries.length > 0))
    return new Refusal('notAllowed', "Users can't review their own requests.");
  const { requestedBy } = request;
  // The person who sends the review may have no user.
  const isMaker = isSamePerson(requestedBy, actor) || (reviewer !== undefined && isUser(requestedBy, reviewer.id));
  if (verdict === 'approve' && !isOwn && isMaker)
    return new Refusal('notAllowed', "The person who made a request for another user can't approve it.");
  const isDecided = request.status !== 'pending';
  const reviewed = currentReviews(request).filter((review) => review.reviewerKey === reviewerKey);
  if (!isDecided && reviewed.some((review) => review.step === request.step))
    return new Refusal('conflict', 'This user has already reviewed this step.');
  if (!isDecided && distinctApprovers && reviewed.length > 0)
    return new Refusal(
      'conflict',
      'This user has already approved an earlier step. Another approver must decide this one.',
    );
  if (!isDecided && verdict === 'approve' && actsTwice(request, given))
    return new Refusal(
      'conflict',
      'The person who sends this review has already reviewed the request as another approver.',
    );
  if (entries.length === 0 && !(isDecided && (isAdministrator || reviewed.length > 0)))
    return new Refusal('notAllowed', 'This user is not an approver of the open step of this request.');
  if (isDecided)
    return new Refusal('conflict', `This request is ${request.status}. Only pending requests can be reviewed.`);
  if (request.step === null)
    return new Refusal('conflict', 'The approval of this request is starting again. Repeat the review in a moment.');
  if (!step)
    return new Refusal('conflict', 'The access flow no longer has this step. Cancel the request and make a new one.');
  if (request.isOver) return new Refusal('conflict', 'This request has expired. Make a new request.');
  if (!requester?.active) return refuseDecision(requester ? 'user_deactivated' : 'no_user');
  if (verdict === 'approve' && given.maker && !given.maker.active)
    return new Refusal('conflict', 'The person who made this request is deactivated. Deny it.');
  if (step.requireReason && comment === null)
    return new Refusal('invalid', 'comment is required: this step requires a reason.');
  if (durationSeconds !== null && verdict === 'deny')
    return new Refusal('invalid', 'durationSeconds is only for an approval.');
  if (durationSeconds !== null && durationSeconds > request.durationSeconds)
    return new Refusal(
      'invalid',
      `durationSeconds must be at most ${request.durationSeconds}: an approver can only shorten the requested duration.`,
    );
  return undefined;
}

/**
 * One person is one approver: as user, by an API key on behalf of another user, and as administrator without a user. An API key
 * can review for several users if the person who created it does not review.
 */
function actsTwice(request: Reviewed, { actor, reviewerKey }: Pick<ReviewInputs, 'actor' | 'reviewerKey'>): boolean {
  const own = personOf(actor)?.userId;
  return currentReviews(request).some((review) => {
    if (review.reviewerKey === reviewerKey) return false;
    if (own !== undefined && review.reviewerKey === own) return true;
    const isInPerson = actor.kind === 'person' || review.reviewedBy?.kind === 'person';
    return isInPerson && isSamePerson(review.reviewedBy, actor);
  });
}

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
