import { columnsOf, type Tx } from '@tidegate/database';
import { ReviewEntity } from './review.entity.js';

/** Stores a review, and the shortest duration of the approvals with the request. @returns the review */
export async function insertReview(tx: Tx, review: Omit<ReviewEntity, 'createdAt'>): Promise<ReviewEntity> {
  const row = await tx.row<ReviewEntity>(
    `INSERT INTO access_flow.reviews (integration_id, request_id, round, step, reviewer_key, reviewer_id, verdict, entries,
       comment, duration_seconds, reviewed_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING ${columnsOf(ReviewEntity)}`,
    [
      review.integrationId,
      review.requestId,
      review.round,
      review.step,
      review.reviewerKey,
      review.reviewerId,
      review.verdict,
      JSON.stringify(review.entries),
      review.comment,
      review.durationSeconds,
      JSON.stringify(review.reviewedBy),
    ],
  );
  if (review.durationSeconds !== null)
    await tx.run(
      `UPDATE access_flow.requests SET approved_seconds = least(approved_seconds, $3)
       WHERE integration_id = $1 AND id = $2`,
      [review.integrationId, review.requestId, review.durationSeconds],
    );
  return row!;
}
