import { type FlowRecord } from '@tidegate/contracts';
import { type Access } from '../../callers/access.rule.js';
import { covers } from '../../callers/roles.js';
import { shownActor } from '../common/shown-actor.rule.js';

/**
 * @returns the flow with the details that the caller may see. Members do not see the names of `requesters.groupIds`, because
 * they can see only groups that they are in, or can request or approve.
 */
export function flowView<Flow extends FlowRecord>(access: Access, flow: Flow): Flow {
  const shown = (actor: FlowRecord['createdBy']) => shownActor(access, flow.integrationId, actor);
  const requesterGroups = covers(access.reach, flow.integrationId) ? flow.requesterGroups : [];
  return { ...flow, requesterGroups, createdBy: shown(flow.createdBy), updatedBy: shown(flow.updatedBy) };
}
