import { type RequestRecord } from '@tidegate/contracts';
import { type NamedAdministrator } from '../../auth/administrators.service.js';
import { type Access } from '../../callers/access.rule.js';
import { shownActor } from '../common/shown-actor.rule.js';
import { type Contact } from './requests.dto.js';

/** @returns the request with the details that the caller may see */
export function requestView(access: Access, request: RequestRecord): RequestRecord {
  const shown = (actor: RequestRecord['requestedBy']) => shownActor(access, request.integrationId, actor);
  const reviews = request.reviews.map((review) => ({ ...review, reviewedBy: shown(review.reviewedBy) }));
  return { ...request, requestedBy: shown(request.requestedBy), reviews };
}

/** @returns the administrator with the names of its user, or else with its subject */
export function contactView(administrator: NamedAdministrator): Contact {
  if ('subject' in administrator) return administrator;
  const { id: userId, attributes } = administrator.user;
  const { userName, displayName } = attributes as { userName: string; displayName?: string };
  return { userId, userName, ...(displayName ? { displayName } : {}) };
}
