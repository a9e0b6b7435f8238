import { type Approval } from '@tidegate/contracts';

export interface Review {
  reviewerId: string;
  verdict: 'approve' | 'deny';
}

export type Verdict = 'approved' | 'denied' | 'pending';

/**
 * What the reviews make of a request. A denial ends it whatever else was said; the word of somebody who is not among
 * the approvers counts for nothing.
 */
export function verdict(approval: Approval, reviews: readonly Review[]): Verdict {
  if (approval.kind === 'automatic') return 'approved';
  const received = reviews.filter((review) => approval.approverIds.includes(review.reviewerId));
  if (received.some((review) => review.verdict === 'deny')) return 'denied';
  return received.some((review) => review.verdict === 'approve') ? 'approved' : 'pending';
}
