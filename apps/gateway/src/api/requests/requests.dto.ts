import { FLOW_LIMITS, REQUEST_STATUSES, type RequestStatus } from '@tidegate/contracts';
import { TRUE_FALSE } from '../common/closed-sets.js';
import { ChoiceField, IdField, IntegerField, StringField } from '../common/fields.js';
import { ItemsParams } from '../common/page.dto.js';

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

export class RequestsParams extends ItemsParams {
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
