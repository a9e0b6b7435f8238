import { type RequestRecord } from '@tidegate/contracts';
import { type Access } from '../../callers/access.rule.js';
import { shownActor } from '../common/shown-actor.rule.js';

/** @returns the request with the details that the caller may see */
export function requestView(access: Access, request: RequestRecord): RequestRecord {
  const shown = (actor: RequestRecord['requestedBy']) => shownActor(access, request.integrationId, actor);
  const reviews = request.reviews.map((review) => ({ ...review, reviewedBy: shown(review.reviewedBy) }));
  return { ...request, requestedBy: shown(request.requestedBy), reviews };
}
