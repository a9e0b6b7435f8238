import { OmitType, PickType } from '@nestjs/swagger';
import { CreateRequest, REQUEST_STATUSES, type RequestStatus, ReviewRequest } from '@tidegate/contracts';
import { TRUE_FALSE } from '../common/closed-sets.js';
import { ChoiceField, IdOrNameField } from '@tidegate/contracts/dto';
import { ItemsParams } from '../common/page.dto.js';

/** `CreateRequest` with names. The properties are omitted first, because class-validator inherits their decorators. */
export class CreateRequestBody extends OmitType(CreateRequest, ['flowId', 'userId', 'groupId'] as const) {
  @IdOrNameField({ description: 'The flow under which the user requests: its id or name.' })
  flowId: string;
  @IdOrNameField({
    optional: true,
    description:
      'The user the grant is for: its id or userName. Logged-in people can omit it to request for themselves.',
  })
  userId?: string;
  @IdOrNameField({ description: 'The requested group: its id or display name.' })
  groupId: string;
}

/** The body of an approval or denial. */
export class ReviewBody extends PickType(ReviewRequest, ['comment'] as const) {
  @IdOrNameField({
    optional: true,
    description:
      'The user on whose behalf an API key reviews: its id or userName. Logged-in people omit it: they review as themselves.',
  })
  reviewerId?: string;
}

export class RequestsParams extends ItemsParams {
  @ChoiceField(REQUEST_STATUSES, { optional: true, description: 'Only requests with this status.' })
  status?: RequestStatus;
  @IdOrNameField({ optional: true, description: 'Only requests of this user: its id or userName.' })
  userId?: string;
  @IdOrNameField({ optional: true, description: 'Only requests for this group: its id or display name.' })
  groupId?: string;
  @IdOrNameField({ optional: true, description: 'Only requests under this flow: its id or name.' })
  flowId?: string;
  @IdOrNameField({
    optional: true,
    description: 'Only requests that this user can or could review: its id or userName.',
  })
  approverId?: string;
  @ChoiceField(TRUE_FALSE, {
    optional: true,
    description: 'With `true`: only pending requests that the logged-in person can review.',
  })
  reviewable?: 'true' | 'false';
}
