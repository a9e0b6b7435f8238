import { PartialType } from '@nestjs/swagger';
import {
  FLOW_LIMITS,
  GRANT_STATUSES,
  type GrantStatus,
  REQUEST_STATUSES,
  type RequestStatus,
} from '@tidegate/contracts';
import { APPROVAL_KINDS, REQUESTERS_KINDS, TRUE_FALSE } from '../common/closed-sets.js';
import { ChoiceField, FlagField, IdField, IdsField, ObjectField, StringField, IntegerField } from '../common/fields.js';
import { PageParams } from '../common/page.dto.js';

export class RequestersBody {
  @ChoiceField(REQUESTERS_KINDS, {
    description: '`everyone`: every active user. `members_of`: users that were pushed into one of `groupIds`.',
  })
  kind: 'everyone' | 'members_of';

  @IdsField({
    max: FLOW_LIMITS.groups,
    requiredIf: ({ kind }: RequestersBody) => kind === 'members_of',
    description: 'With `members_of`: the groups whose members are eligible.',
  })
  groupIds?: string[];
}

export class ApprovalBody {
  @ChoiceField(APPROVAL_KINDS, {
    description: '`automatic`: requests are approved at once. `one_approver`: one of `approverIds` decides.',
  })
  kind: 'automatic' | 'one_approver';

  @IdsField({
    max: FLOW_LIMITS.approvers,
    requiredIf: ({ kind }: ApprovalBody) => kind === 'one_approver',
    description: 'With `one_approver`: the users who can approve.',
  })
  approverIds?: string[];
}

export class FlowSettingsBody {
  @StringField({ max: FLOW_LIMITS.nameLength, description: 'Unique in the integration.' })
  name: string;

  @FlagField({ optional: true, description: 'Defaults to true.' })
  enabled?: boolean;

  @ObjectField(() => RequestersBody, { description: 'The eligible users.' })
  requesters: RequestersBody;

  @IdsField({ max: FLOW_LIMITS.groups, description: 'The groups that can be requested.' })
  groupIds: string[];

  @IntegerField({
    min: FLOW_LIMITS.shortestSeconds,
    max: FLOW_LIMITS.longestSeconds,
    description: 'Longest duration of a grant, including extensions.',
  })
  maxDurationSeconds: number;

  @ObjectField(() => ApprovalBody, { description: 'How requests are approved.' })
  approval: ApprovalBody;
}

export class CreateFlow extends FlowSettingsBody {
  @IdField({ description: 'The integration of its users and groups.' })
  integrationId: string;
}

export class UpdateFlow extends PartialType(FlowSettingsBody, { skipNullProperties: false }) {}

export class FlowsParams extends PageParams {
  @IdField({ optional: true, description: 'Only items of this integration.' })
  integrationId?: string;
}

export class CreateRequest {
  @IdField({ description: 'The flow under which the user requests.' })
  flowId: string;
  @IdField({ description: 'The user the grant is for.' })
  userId: string;
  @IdField({ description: 'The requested group.' })
  groupId: string;
  @IntegerField({
    min: FLOW_LIMITS.shortestSeconds,
    max: FLOW_LIMITS.longestSeconds,
    description: 'Requested duration of the grant, at most `maxDurationSeconds` of the flow.',
  })
  durationSeconds: number;
  @StringField({ max: FLOW_LIMITS.justificationLength, optional: true, description: 'Shown to the approvers.' })
  justification?: string;
}

export class RequestsParams extends FlowsParams {
  @ChoiceField(REQUEST_STATUSES, { optional: true, description: 'Only requests with this status.' })
  status?: RequestStatus;
  @IdField({ optional: true, description: 'Only requests of this user.' })
  userId?: string;
  @IdField({ optional: true, description: 'Only requests that this user can or could review.' })
  approverId?: string;
  @ChoiceField(TRUE_FALSE, {
    optional: true,
    description: 'With `true`: only pending requests that the logged-in person can review.',
  })
  reviewable?: 'true' | 'false';
}

export class Review {
  @IdField({
    optional: true,
    description: 'The user on whose behalf an API key reviews. Logged-in people omit it: they review as themselves.',
  })
  reviewerId?: string;
  @StringField({ max: FLOW_LIMITS.justificationLength, optional: true, description: 'Stored with the review.' })
  comment?: string;
}

export class GrantsParams extends FlowsParams {
  @ChoiceField(GRANT_STATUSES, { optional: true, description: 'Only grants with this status.' })
  status?: GrantStatus;
  @IdField({ optional: true, description: 'Only grants of this user.' })
  userId?: string;
}

export class ExtendGrant {
  @IntegerField({
    min: FLOW_LIMITS.shortestSeconds,
    max: FLOW_LIMITS.longestSeconds,
    description: 'Seconds to add to the grant.',
  })
  durationSeconds: number;
}
