/**
 * @param round how often the approval of the request has started again
 * @returns the reviews that count: those of this round
 */
export const currentReviews = <Review extends { round: number }>({
  round,
  reviews,
}: {
  round: number;
  reviews: readonly Review[];
}): Review[] => reviews.filter((review) => review.round === round);
