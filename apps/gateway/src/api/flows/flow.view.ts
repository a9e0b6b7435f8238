import { type FlowRecord } from '@tidegate/contracts';
import { type Access } from '../../callers/access.rule.js';
import { shownActor } from '../common/shown-actor.rule.js';

/** @returns the flow with the details that the caller may see */
export function flowView(access: Access, flow: FlowRecord): FlowRecord {
  return {
    id: flow.id,
    integrationId: flow.integrationId,
    name: flow.name,
    enabled: flow.enabled,
    requesters: flow.requesters,
    groupIds: flow.groupIds,
    maxDurationSeconds: flow.maxDurationSeconds,
    approval: flow.approval,
    version: flow.version,
    createdAt: flow.createdAt,
    createdBy: shownActor(access, flow.integrationId, flow.createdBy),
    updatedBy: shownActor(access, flow.integrationId, flow.updatedBy),
  };
}
