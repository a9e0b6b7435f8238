import { approverSources, type FlowRecord } from '@tidegate/contracts';
import { type Access } from '../../callers/access.rule.js';
import { covers } from '../../callers/roles.js';
import { shownActor } from '../common/shown-actor.rule.js';
import { type FlowView } from './flows.dto.js';

/**
 * @returns the flow with the details that the caller may see. Members see the steps, but not the condition, which has users,
 * groups and attributes of others, nor what only administrators use.
 */
export function flowView(access: Access, flow: FlowRecord): FlowView {
  if (covers(access.reach, flow.integrationId)) return flow;
  const shown = (actor: FlowRecord['createdBy']) => shownActor(access, flow.integrationId, actor);
  const approvers = new Set(approverSources(flow).flatMap((source) => (source.kind === 'user' ? [source.id] : [])));
  return {
    ...flow,
    eligibility: null,
    users: flow.users.filter(({ id }) => approvers.has(id)),
    otherGroups: [],
    labels: [],
    ownerIds: [],
    createdBy: shown(flow.createdBy),
    updatedBy: shown(flow.updatedBy),
  };
}
