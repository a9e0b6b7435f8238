import { type FlowSettings, type RequestStatusReason } from '@tidegate/contracts';
import { type Deciders, decidersOf } from './approvers.rule.js';

/** A pending request beside its flow of now. */
export interface Pending {
  id: string;
  userId: string;
  groupId: string;
  approverIds: string[] | null;
  undecidable: boolean;
  flow: Pick<FlowSettings, 'groupIds' | 'approval'>;
  /** Whether the user may still request under the flow. */
  isRequester: boolean;
}

export type CancelReason = Extract<RequestStatusReason, 'group_not_offered' | 'requester_not_eligible'>;
export type AfterChange = { cancel: CancelReason } | Deciders;

/**
 * What becomes of a pending request after its flow, or what its flow names, has changed. What can no longer be approved is
 * cancelled. A disabled flow and a lower maximum cancel nothing: the one may be enabled again, the other shortens the grant.
 */
export function afterChange(request: Pending): AfterChange {
  const { flow, groupId, isRequester } = request;
  if (!flow.groupIds.includes(groupId)) return { cancel: 'group_not_offered' };
  if (!isRequester) return { cancel: 'requester_not_eligible' };
  return decidersOf(request, flow.approval);
}
