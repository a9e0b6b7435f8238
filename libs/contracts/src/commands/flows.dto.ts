import { ApiProperty, PartialType } from '@nestjs/swagger';
import { type NamedActor } from '../context.js';
import { ActorProperty } from '../dto/actor.dto.js';
import { ConditionField } from '../dto/conditions.js';
import {
  ChoiceField,
  ChoicesField,
  FlagField,
  IdField,
  IdsOrNamesField,
  IntegerField,
  MAX_INTEGRATIONS,
  StringField,
  StringsField,
} from '../dto/fields.js';
import { ListField, ObjectField } from '../dto/objects.js';
import { Integer, IntegrationName, Timestamp, Uuid, Version } from '../dto/properties.js';
import {
  EXTENSION_APPROVALS,
  type ExtensionApproval,
  FLOW_LIMITS,
  INELIGIBLE_ACTIONS,
  type IneligibleAction,
  type Requester,
  REQUESTERS,
} from '../values.js';
import { type ApprovalStep, StepsField } from './approval.dto.js';
import { type Condition } from '../conditions/conditions.js';
import { type Done, fromGateway } from './command-rule.js';
import { IdPageQuery, type Page } from './common.dto.js';
import { GroupRef, UserRef, type WithoutIntegrationName } from './names.dto.js';

const { shortestSeconds: min, longestSeconds: max } = FLOW_LIMITS;
/** A setting that can be absent: null is the same. */
const ABSENT = { optional: true, nullable: true } as const;

/** How a grant can be extended. Its total duration is at most `maxDurationSeconds`. */
export class ExtensionRule {
  @ChoiceField(EXTENSION_APPROVALS, {
    description:
      '`automatic`: the holder extends the grant. `steps`: an extension is a request that passes the steps of the flow.',
  })
  approval: ExtensionApproval;
  @IntegerField({ min: 1, max: FLOW_LIMITS.extensions, description: 'Number of extensions of a grant.' })
  maxCount: number;
  @IntegerField({ min, max, description: 'Longest duration of one extension.' })
  maxSeconds: number;
}

/** The rules under which users request membership of groups. */
export class FlowSettings {
  @StringField({ max: FLOW_LIMITS.nameLength, trim: true, description: 'Unique in the integration.' })
  name: string;
  @FlagField({ optional: true, description: 'Defaults to true.' })
  enabled?: boolean;
  @IntegerField({
    min: 0,
    max: FLOW_LIMITS.priority,
    optional: true,
    description:
      'A request without a flow uses the flow with the highest priority that allows it. Defaults to 0. Of equal ones the older is used.',
  })
  priority?: number;
  @StringsField({
    max: FLOW_LIMITS.labels,
    length: FLOW_LIMITS.labelLength,
    optional: true,
    description: 'For your own use.',
  })
  labels?: string[];
  @ConditionField({ description: 'The users who can get access, by a condition. An inactive user never can.' })
  eligibility: Condition;
  @ChoicesField(REQUESTERS, {
    optional: true,
    description:
      'Who can request for an eligible user: `self`, the user; `manager`, the manager of the user; `others`, all eligible users. ' +
      'Administrators always can. Defaults to `self`.',
  })
  requesters?: Requester[];
  /** They are ids, so that renaming a group does not change access. */
  @IdsOrNamesField({
    min: 1,
    max: FLOW_LIMITS.groups,
    description: 'The groups that can be requested: their ids or display names. The flow stores the ids.',
  })
  groupIds: string[];
  @IntegerField({ min, max, optional: true, description: 'Shortest duration of a grant. Defaults to 60.' })
  minDurationSeconds?: number;
  @IntegerField({ min, max, description: 'Longest duration of a grant, including extensions.' })
  maxDurationSeconds: number;
  @IntegerField({
    ...ABSENT,
    min,
    max,
    description: 'Time until a request expires if it is not decided. Null: the setting of Tidegate, by default 7 days.',
  })
  pendingSeconds?: number | null;
  @FlagField({ optional: true, description: 'Whether a request requires a justification. Defaults to false.' })
  requireJustification?: boolean;
  @StepsField()
  steps: ApprovalStep[];
  @FlagField({ optional: true, description: 'Whether a user can approve in one step only. Defaults to true.' })
  distinctApprovers?: boolean;
  @IdsOrNamesField({
    max: FLOW_LIMITS.owners,
    optional: true,
    description:
      'The owners of the flow: ids or userNames of active users. They decide when the approvers of a step cannot.',
  })
  ownerIds?: string[];
  @ObjectField(() => ExtensionRule, {
    ...ABSENT,
    description: 'How grants can be extended. Null: only administrators can extend.',
  })
  extension?: ExtensionRule | null;
  @ChoiceField(INELIGIBLE_ACTIONS, {
    optional: true,
    description: 'What happens to a live grant when its user is no longer eligible. Defaults to `end`.',
  })
  whenIneligible?: IneligibleAction;
  @IntegerField({
    ...ABSENT,
    min: 1,
    max: FLOW_LIMITS.grants,
    description: 'Most live grants of one user under this flow. Null: no limit.',
  })
  maxGrantsPerUser?: number | null;
  @IntegerField({
    ...ABSENT,
    min: 1,
    max: FLOW_LIMITS.grants,
    description: 'Most live grants of one group under all flows, for requests under this flow. Null: no limit.',
  })
  maxGrantsPerGroup?: number | null;
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
  @ApiProperty({ type: [GroupRef], description: 'The groups of `groupIds`. Deleted groups stay in the flow.' })
  groups: GroupRef[];
  @ApiProperty({
    type: [UserRef],
    description:
      'The users in `eligibility`, `steps` and `ownerIds`. One with `active` false does not decide, also after a reactivation, ' +
      'until the flow names the user again.',
  })
  users: UserRef[];
  @ApiProperty({
    type: [GroupRef],
    description: 'The groups in `eligibility` and `steps`. Empty for members.',
  })
  otherGroups: GroupRef[];
  @ApiProperty({ required: true, description: 'A disabled flow accepts no requests, approvals or extensions.' })
  override enabled: boolean;
  @Version() version: number;
  @Timestamp() createdAt: string;
  /** Null for flows of releases that did not store it. */
  @ActorProperty('The actor that created it.') createdBy: NamedActor | null;
  /** Null if there was no change of settings. */
  @ActorProperty('The actor that last changed its settings.') updatedBy: NamedActor | null;
}

/** What a change of a flow does to requests and grants. */
export class UpdatedFlow extends FlowRecord {
  @Integer('Number of pending requests cancelled because they no longer match the flow.') cancelledRequests: number;
  @Integer('Number of pending requests whose approval started again with the changed steps.') restartedRequests: number;
  @Integer('Number of live grants revoked because their users are no longer eligible.') revokedGrants: number;
}

/** A flow without the names of what it refers to. */
export type UnnamedFlow = FlowRules &
  Pick<FlowRecord, 'id' | 'integrationId' | 'version' | 'createdAt' | 'createdBy' | 'updatedBy'> & {
    /** The counts of deactivations of the named users, by id, when the flow named them. A higher count ends their role. */
    namedUsers: Readonly<Record<string, number>>;
  };

/** A user of an integration who can read only what concerns that user. */
export class Member {
  @IdField() integrationId: string;
  @IdField() userId: string;
}

export class GetFlow {
  @IdField() id: string;
  /**
   * Only if one of these members can request under the flow now, for itself or for users of whom it is the manager, or is
   * named as approver or owner, also by a group.
   */
  @ListField(() => Member, { max: MAX_INTEGRATIONS, optional: true })
  visibleTo?: Member[];
}

export class ListFlows extends IdPageQuery {
  @IdField({ optional: true }) integrationId?: string;
  /** Only flows that one of these members can see, as in `GetFlow`. */
  @ListField(() => Member, { max: MAX_INTEGRATIONS, optional: true })
  visibleTo?: Member[];
}

export class GroupVisible {
  @IdField() userId: string;
  @IdField() groupId: string;
}

/** How a call changes a flow. */
export class FlowChangeOptions {
  @StringField({
    max: FLOW_LIMITS.nameLength,
    optional: true,
    description:
      'Name of the access flow. Required when the change ends grants, cancels requests, or starts their approval again.',
  })
  confirm?: string;
  @FlagField({ optional: true, description: 'Whether to return what the change would do, and change nothing.' })
  validateOnly?: boolean;
}

export class ChangeFlow extends FlowChangeOptions {
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
