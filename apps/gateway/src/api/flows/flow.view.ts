import { ApiProperty } from '@nestjs/swagger';
import { type Approval, type FlowRecord, type Requesters } from '@tidegate/contracts';
import { type Access } from '../../callers/access.rule.js';
import { ActorProperty, ActorView } from '../common/actor.view.js';
import { Integer, Text, Timestamp, Uuid, Uuids, Version } from '../common/properties.js';
import { shownActor } from '../common/shown-actor.rule.js';
import { ApprovalBody, RequestersBody } from './flows.dto.js';

export class FlowView implements Omit<FlowRecord, 'createdBy' | 'updatedBy'> {
  @Uuid() id: string;
  @Uuid() integrationId: string;
  @Text() name: string;
  @ApiProperty({ description: 'A disabled flow accepts no requests, approvals or extensions.' }) enabled: boolean;
  @ApiProperty({ type: RequestersBody, description: 'The eligible users.' }) requesters: Requesters;
  @Uuids('The groups that can be requested.') groupIds: string[];
  @Integer('Longest duration of a grant, including extensions.') maxDurationSeconds: number;
  @ApiProperty({ type: ApprovalBody, description: 'How requests are approved.' }) approval: Approval;
  @Version() version: number;
  @Timestamp() createdAt: string;
  @ActorProperty('The actor that created it.') createdBy: ActorView | null;
  @ActorProperty('The actor that last changed its settings.') updatedBy: ActorView | null;
}

export class UpdatedFlowView extends FlowView {
  @Integer('Number of pending requests cancelled because they no longer match the flow.') cancelledRequests: number;
}

/** @returns the flow with the details that the caller may see */
export function flowView(access: Access, flow: FlowRecord): FlowView {
  const { integrationId } = flow;
  const createdBy = shownActor(access, integrationId, flow.createdBy);
  return { ...flow, createdBy, updatedBy: shownActor(access, integrationId, flow.updatedBy) };
}
