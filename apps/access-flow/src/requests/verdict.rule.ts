import { type Approval } from '@tidegate/contracts';
import { type ReviewEntity } from './review.entity.js';

export type Review = Pick<ReviewEntity, 'reviewerId' | 'verdict'>;

export type Verdict = 'approved' | 'denied' | 'pending';

/**
 * @returns the status of a request by its reviews. One denial overrides all approvals; reviews by users who are not
 * approvers are ignored.
 */
export function verdict(approval: Approval, reviews: readonly Review[]): Verdict {
  if (approval.kind === 'automatic') return 'approved';
  const counted = reviews.filter((review) => approval.approverIds.includes(review.reviewerId));
  if (counted.some((review) => review.verdict === 'deny')) return 'denied';
  return counted.some((review) => review.verdict === 'approve') ? 'approved' : 'pending';
}
