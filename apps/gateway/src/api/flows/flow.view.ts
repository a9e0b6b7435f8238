import { type FlowRecord } from '@tidegate/contracts';
import { type Access } from '../../callers/access.rule.js';
import { shownActor } from '../common/shown-actor.rule.js';

/** @returns the flow with the details that the caller may see */
export function flowView<Flow extends FlowRecord>(access: Access, flow: Flow): Flow {
  const shown = (actor: FlowRecord['createdBy']) => shownActor(access, flow.integrationId, actor);
  return { ...flow, createdBy: shown(flow.createdBy), updatedBy: shown(flow.updatedBy) };
}
