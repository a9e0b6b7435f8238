import { PartialType } from '@nestjs/swagger';
import { FLOW_LIMITS } from '@tidegate/contracts';
import { APPROVAL_KINDS, REQUESTERS_KINDS } from '../common/closed-sets.js';
import { ChoiceField, FlagField, IdField, IdsField, ObjectField, StringField, IntegerField } from '../common/fields.js';

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
