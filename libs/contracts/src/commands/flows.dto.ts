import { ApiProperty, PartialType } from '@nestjs/swagger';
import { type NamedActor } from '../context.js';
import { ActorProperty } from '../dto/actor.dto.js';
import {
  ChoiceField,
  FlagField,
  IdField,
  IdsField,
  IntegerField,
  MAX_INTEGRATIONS,
  StringField,
} from '../dto/fields.js';
import { ListField, ObjectField, VariantField } from '../dto/objects.js';
import { Integer, IntegrationName, Timestamp, Uuid, Version } from '../dto/properties.js';
import { FLOW_LIMITS } from '../values.js';
import { type Done, fromGateway } from './command-rule.js';
import { IdPageQuery, type Page } from './common.dto.js';
import { GroupRef, UserRef, type WithoutIntegrationName } from './names.dto.js';

/** Requests are approved at once. */
export class AutomaticApproval {
  @ChoiceField(['automatic'])
  kind: 'automatic';
}

/** One of the approvers decides. */
export class OneApprover {
  @ChoiceField(['one_approver'])
  kind: 'one_approver';
  @IdsField({
    min: 1,
    max: FLOW_LIMITS.approvers,
    canBecomeEmpty: true,
    description: 'The users who can approve. Empty after all of them have left.',
  })
  approverIds: string[];
}

/** How requests are approved. */
export type Approval = AutomaticApproval | OneApprover;
export const APPROVALS = { automatic: AutomaticApproval, one_approver: OneApprover };

/** Every active user is eligible. */
export class EveryoneRequests {
  @ChoiceField(['everyone'])
  kind: 'everyone';
}

/** The active users that SCIM pushed as members of one of the groups are eligible. */
export class MembersRequest {
  @ChoiceField(['members_of'])
  kind: 'members_of';
  @IdsField({
    min: 1,
    max: FLOW_LIMITS.groups,
    canBecomeEmpty: true,
    description: 'The groups whose members are eligible. Empty after all of them have been deleted.',
  })
  groupIds: string[];
}

/** The eligible users. */
export type Requesters = EveryoneRequests | MembersRequest;
const REQUESTERS = { everyone: EveryoneRequests, members_of: MembersRequest };

export class FlowSettings {
  @StringField({ max: FLOW_LIMITS.nameLength, trim: true, description: 'Unique in the integration.' })
  name: string;
  @FlagField({ optional: true, description: 'Defaults to true.' })
  enabled?: boolean;
  @VariantField(REQUESTERS, { description: 'The eligible users.' })
  requesters: Requesters;
  /** They are ids, so that renaming a group does not change access. */
  @IdsField({
    min: 1,
    max: FLOW_LIMITS.groups,
    canBecomeEmpty: true,
    description: 'The groups that can be requested. Empty after all of them have been deleted.',
  })
  groupIds: string[];
  @IntegerField({
    min: FLOW_LIMITS.shortestSeconds,
    max: FLOW_LIMITS.longestSeconds,
    description: 'Longest duration of a grant, including extensions.',
  })
  maxDurationSeconds: number;
  @VariantField(APPROVALS, { description: 'How requests are approved.' })
  approval: Approval;
}

/** The settings of a flow with their defaults. */
export type FlowRules = Required<FlowSettings>;

export class CreateFlow extends FlowSettings {
  @IdField({ description: 'The integration of its users and groups.' })
  integrationId: string;
}

export class UpdateFlow extends PartialType(FlowSettings, { skipNullProperties: false }) {}

export class FlowRecord extends FlowSettings {
  @Uuid() id: string;
  @Uuid() integrationId: string;
  @IntegrationName() integrationName: string | null;
  @ApiProperty({ type: [GroupRef], description: 'The groups of `groupIds`.' }) groups: GroupRef[];
  @ApiProperty({
    type: [GroupRef],
    description: 'The groups of `requesters.groupIds`. Empty if everyone is eligible, and for members.',
  })
  requesterGroups: GroupRef[];
  @ApiProperty({ type: [UserRef], description: 'The users of `approval.approverIds`. Empty for automatic approval.' })
  approvers: UserRef[];
  @ApiProperty({ required: true, description: 'A disabled flow accepts no requests, approvals or extensions.' })
  override enabled: boolean;
  @Version() version: number;
  @Timestamp() createdAt: string;
  /** Null for flows of releases that did not store it. */
  @ActorProperty('The actor that created it.') createdBy: NamedActor | null;
  /** Null if there was no change of settings. */
  @ActorProperty('The actor that last changed its settings.') updatedBy: NamedActor | null;
}

export class UpdatedFlow extends FlowRecord {
  @Integer('Number of pending requests cancelled because they no longer match the flow.') cancelledRequests: number;
}

/** A flow without the names of what it refers to. */
export type UnnamedFlow = Omit<FlowRecord, 'integrationName' | 'groups' | 'requesterGroups' | 'approvers'>;

/** A user of an integration who can read only what concerns that user. */
export class Member {
  @IdField() integrationId: string;
  @IdField() userId: string;
}

export class GetFlow {
  @IdField() id: string;
  /** Only if one of these members can request or approve under the flow. */
  @ListField(() => Member, { max: MAX_INTEGRATIONS, optional: true })
  visibleTo?: Member[];
}

export class ListFlows extends IdPageQuery {
  @IdField({ optional: true }) integrationId?: string;
  /** Only flows under which one of these members can request or approve. */
  @ListField(() => Member, { max: MAX_INTEGRATIONS, optional: true })
  visibleTo?: Member[];
}

export class GroupVisible {
  @IdField() userId: string;
  @IdField() groupId: string;
}

export class ChangeFlow {
  @IdField() id: string;
  @ObjectField(() => UpdateFlow, { canBeEmpty: true })
  settings: UpdateFlow;
}

/** A flow as access-flow replies it. */
export type FlowReply = WithoutIntegrationName<FlowRecord>;

export class FlowConfirmation {
  @StringField({
    max: FLOW_LIMITS.nameLength,
    optional: true,
    description: 'Name of the access flow. Required when the deletion ends grants or requests.',
  })
  confirm?: string;
}

export class DeleteFlow extends FlowConfirmation {
  @IdField() id: string;
}

export const FLOW_COMMANDS = {
  'flows.create': fromGateway.validated(CreateFlow).returns<FlowReply>(),
  'flows.get': fromGateway.validated(GetFlow).returns<FlowReply>(),
  'flows.list': fromGateway.validated(ListFlows).returns<Page<FlowReply>>(),
  /** A member can see a group if the member belongs to it, can request it or approve its requests, or has requested it. */
  'flows.groupVisible': fromGateway.validated(GroupVisible).returns<{ visible: boolean }>(),
  'flows.update': fromGateway.validated(ChangeFlow).returns<WithoutIntegrationName<UpdatedFlow>>(),
  'flows.delete': fromGateway.validated(DeleteFlow).returns<Done>(),
};
