import { type RequestRecord } from '@tidegate/contracts';
import { type Access } from '../../callers/access.rule.js';
import { shownActor } from '../common/shown-actor.rule.js';

/** @returns the request with the details that the caller may see */
export function requestView(access: Access, request: RequestRecord): RequestRecord {
  const { integrationId } = request;
  return {
    id: request.id,
    integrationId,
    flowId: request.flowId,
    userId: request.userId,
    groupId: request.groupId,
    durationSeconds: request.durationSeconds,
    justification: request.justification,
    status: request.status,
    statusReason: request.statusReason,
    approval: request.approval,
    undecidable: request.undecidable,
    reviews: request.reviews.map(({ reviewerId, verdict, comment, createdAt, reviewedBy }) => ({
      reviewerId,
      verdict,
      comment,
      createdAt,
      reviewedBy: shownActor(access, integrationId, reviewedBy),
    })),
    requestedBy: shownActor(access, integrationId, request.requestedBy),
    grantId: request.grantId,
    createdAt: request.createdAt,
    expiresAt: request.expiresAt,
    version: request.version,
  };
}
