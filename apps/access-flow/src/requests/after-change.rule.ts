import { type FlowSettings, type RequestStatusReason } from '@tidegate/contracts';
import { type CurrentApprovers, currentApprovers } from './approvers.rule.js';
import { type RequestEntity } from './request.entity.js';

/** A pending request with its current flow. */
export interface Pending extends Pick<RequestEntity, 'id' | 'userId' | 'groupId' | 'approverIds' | 'undecidable'> {
  flow: Pick<FlowSettings, 'groupIds' | 'approval'>;
  /** Whether the requester is still eligible. */
  isEligible: boolean;
}

export type CancelReason = Extract<RequestStatusReason, 'group_not_offered' | 'requester_not_eligible'>;
export type AfterChange = { cancel: CancelReason } | CurrentApprovers;

/**
 * Decides what happens to a pending request after a change of its flow, groups or users. A disabled flow and a lower
 * maximum cancel nothing: the flow may be enabled again, and the maximum shortens the grant.
 *
 * @returns the reason to cancel it, or its new approvers
 */
export function afterChange(request: Pending): AfterChange {
  const { flow, groupId, isEligible } = request;
  if (!flow.groupIds.includes(groupId)) return { cancel: 'group_not_offered' };
  if (!isEligible) return { cancel: 'requester_not_eligible' };
  return currentApprovers(request, flow.approval);
}
