import { PartialType } from '@nestjs/swagger';
import { ValidateIf } from 'class-validator';
import { ChoiceField, FlagField, IdField, IdsField, ObjectField, TextField, WholeNumberField } from './fields.js';
import { PageParams } from './page.query.js';

const YEAR_SECONDS = 31_536_000;
/** A minute is the shortest grant that expiry can end on time. */
const SHORTEST_SECONDS = 60;
const REQUEST_STATUSES = ['pending', 'approved', 'denied', 'cancelled', 'expired'] as const;
const GRANT_STATUSES = ['scheduled', 'activating', 'active', 'revoking', 'ended'] as const;

export class RequestersBody {
  @ChoiceField(['everyone', 'members_of'])
  kind: 'everyone' | 'members_of';

  @ValidateIf(({ kind, groupIds }: RequestersBody) => kind === 'members_of' || groupIds !== undefined)
  @IdsField({ max: 100, description: 'With members_of: whose members may ask.' })
  groupIds?: string[];
}

export class ApprovalBody {
  @ChoiceField(['automatic', 'one_approver'])
  kind: 'automatic' | 'one_approver';

  @ValidateIf(({ kind, approverIds }: ApprovalBody) => kind === 'one_approver' || approverIds !== undefined)
  @IdsField({ max: 100, description: 'With one_approver: the users who may say yes.' })
  approverIds?: string[];
}

export class FlowSettingsBody {
  @TextField({ max: 200 })
  name: string;

  @FlagField({ optional: true, description: 'True when absent.' })
  enabled?: boolean;

  @ObjectField(() => RequestersBody)
  requesters: RequestersBody;

  @IdsField({ max: 1000, description: 'The groups that may be borrowed.' })
  groupIds: string[];

  @WholeNumberField({ min: SHORTEST_SECONDS, max: YEAR_SECONDS })
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
  @IdField({ description: 'Who asks.' })
  userId: string;
  @IdField({ description: 'The group to borrow.' })
  groupId: string;
  @WholeNumberField({ min: SHORTEST_SECONDS, max: YEAR_SECONDS })
  durationSeconds: number;
  @TextField({ max: 2000, optional: true })
  justification?: string;
}

export class RequestsParams extends FlowsParams {
  @ChoiceField(REQUEST_STATUSES, { optional: true })
  status?: (typeof REQUEST_STATUSES)[number];
  @IdField({ optional: true })
  userId?: string;
}

export class Review {
  @IdField({ description: 'The user who decides.' })
  reviewerId: string;
  @TextField({ max: 2000, optional: true })
  comment?: string;
}

export class GrantsParams extends FlowsParams {
  @ChoiceField(GRANT_STATUSES, { optional: true })
  status?: (typeof GRANT_STATUSES)[number];
  @IdField({ optional: true })
  userId?: string;
}

export class ExtendGrant {
  @WholeNumberField({ min: 1, max: YEAR_SECONDS, description: 'How much longer.' })
  durationSeconds: number;
}
