import { PartialType } from '@nestjs/swagger';
import {
  FLOW_LIMITS,
  GRANT_STATUSES,
  type GrantStatus,
  REQUEST_STATUSES,
  type RequestStatus,
} from '@tidegate/contracts';
import { ValidateIf } from 'class-validator';
import { ChoiceField, FlagField, IdField, IdsField, ObjectField, StringField, IntegerField } from './fields.js';
import { PageParams } from './page.query.js';

export class RequestersBody {
  @ChoiceField(['everyone', 'members_of'])
  kind: 'everyone' | 'members_of';

  @ValidateIf(({ kind, groupIds }: RequestersBody) => kind === 'members_of' || groupIds !== undefined)
  @IdsField({ max: FLOW_LIMITS.groups, description: 'With `members_of`: the groups whose members are eligible.' })
  groupIds?: string[];
}

export class ApprovalBody {
  @ChoiceField(['automatic', 'one_approver'])
  kind: 'automatic' | 'one_approver';

  @ValidateIf(({ kind, approverIds }: ApprovalBody) => kind === 'one_approver' || approverIds !== undefined)
  @IdsField({ max: FLOW_LIMITS.approvers, description: 'With `one_approver`: the users who can approve.' })
  approverIds?: string[];
}

export class FlowSettingsBody {
  @StringField({ max: FLOW_LIMITS.nameLength })
  name: string;

  @FlagField({ optional: true, description: 'Defaults to true.' })
  enabled?: boolean;

  @ObjectField(() => RequestersBody)
  requesters: RequestersBody;

  @IdsField({ max: FLOW_LIMITS.groups, description: 'The groups that can be requested.' })
  groupIds: string[];

  @IntegerField({ min: FLOW_LIMITS.shortestSeconds, max: FLOW_LIMITS.longestSeconds })
  maxDurationSeconds: number;

  @ObjectField(() => ApprovalBody)
  approval: ApprovalBody;
}

export class CreateFlow extends FlowSettingsBody {
  @IdField()
  integrationId: string;
}

export class UpdateFlow extends PartialType(FlowSettingsBody, { skipNullProperties: false }) {}

export class FlowsParams extends PageParams {
  @IdField({ optional: true })
  integrationId?: string;
}

export class CreateRequest {
  @IdField()
  flowId: string;
  @IdField({ description: 'The user the grant is for.' })
  userId: string;
  @IdField({ description: 'The requested group.' })
  groupId: string;
  @IntegerField({ min: FLOW_LIMITS.shortestSeconds, max: FLOW_LIMITS.longestSeconds })
  durationSeconds: number;
  @StringField({ max: FLOW_LIMITS.justificationLength, optional: true })
  justification?: string;
}

export class RequestsParams extends FlowsParams {
  @ChoiceField(REQUEST_STATUSES, { optional: true })
  status?: RequestStatus;
  @IdField({ optional: true, description: 'Only requests of this user.' })
  userId?: string;
  @IdField({ optional: true, description: 'Only requests that this user can review.' })
  approverId?: string;
  @ChoiceField(['true', 'false'], {
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
  @StringField({ max: FLOW_LIMITS.justificationLength, optional: true })
  comment?: string;
}

export class GrantsParams extends FlowsParams {
  @ChoiceField(GRANT_STATUSES, { optional: true })
  status?: GrantStatus;
  @IdField({ optional: true })
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
