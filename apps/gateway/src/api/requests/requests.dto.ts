import { ApiPropertyOptional } from '@nestjs/swagger';
import { REQUEST_STATUSES, RequestRecord, type RequestStatus } from '@tidegate/contracts';
import { TRUE_FALSE } from '../common/closed-sets.js';
import { ChoiceField, IdField, Text, Uuid } from '@tidegate/contracts/dto';
import { ItemsParams } from '../common/page.dto.js';

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

const OPTIONAL = { optional: true } as const;

/** An administrator of an integration. */
export class Contact {
  @Uuid('The user of the administrator in the integration.', OPTIONAL) userId?: string;
  @Text('Name of that user.', OPTIONAL) userName?: string;
  @Text('Display name of that user, if it has one.', OPTIONAL) displayName?: string;
  @Text('Without a user: the subject at the login provider. Only for callers that may list the role.', OPTIONAL)
  subject?: string;
}

/** A request, with the people to ask if no approver can decide it. */
export class RequestView extends RequestRecord {
  @ApiPropertyOptional({
    type: [Contact],
    description:
      'Only if `undecidable`, and only for the requester, approvers and administrators: up to ten administrators of the ' +
      'integration, who can name other approvers in the flow. Empty if none is known: ask the operator of Tidegate.',
  })
  contacts?: Contact[];
}
