import { type FlowRecord, type GrantRecord, type RequestRecord } from '@tidegate/contracts';
import { type Access } from '../../callers/access.rule.js';
import { type FlowView, type GrantView, type RequestView } from '../flows/flow.view.js';
import { shownActor } from '../common/shown-actor.rule.js';

/** @returns the flow with the details that the caller may see */
export function flowView(access: Access, flow: FlowRecord): FlowView {
  const { integrationId } = flow;
  const createdBy = shownActor(access, integrationId, flow.createdBy);
  return { ...flow, createdBy, updatedBy: shownActor(access, integrationId, flow.updatedBy) };
}

/** @returns the request with the details that the caller may see */
export function requestView(access: Access, request: RequestRecord): RequestView {
  const { integrationId } = request;
  return {
    ...request,
    requestedBy: shownActor(access, integrationId, request.requestedBy),
    reviews: request.reviews.map((review) => ({
      ...review,
      reviewedBy: shownActor(access, integrationId, review.reviewedBy),
    })),
  };
}

/** @returns the grant with the details that the caller may see */
export function grantView(access: Access, grant: GrantRecord): GrantView {
  const { integrationId } = grant;
  const extendedBy = shownActor(access, integrationId, grant.extendedBy);
  const revokedBy = shownActor(access, integrationId, grant.revokedBy);
  return { ...grant, id: grant.grantId, extendedBy, revokedBy };
}
