import { ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { CreateRequest, REQUEST_STATUSES, RequestRecord, type RequestStatus, Review } from '@tidegate/contracts';
import { TRUE_FALSE } from '../common/closed-sets.js';
import { ChoiceField, IdField, IdOrNameField, Text, Uuid } from '@tidegate/contracts/dto';
import { ItemsParams } from '../common/page.dto.js';
import { ValidateOnlyParam } from '../common/validate-only.js';

/** `CreateRequest` with names. The properties are omitted first, because class-validator inherits their decorators. */
export class CreateRequestBody extends OmitType(CreateRequest, [
  'flowId',
  'userId',
  'groupId',
  'idempotencyKey',
] as const) {
  @IdOrNameField({
    optional: true,
    description:
      'The flow under which the user requests: its id or name. Without it: the flow with the highest priority that allows ' +
      'the request.',
  })
  flowId?: string;
  @IdField({
    optional: true,
    description:
      'The integration of the flow, user and group. Required without `flowId`, unless only one is possible: that of a ' +
      'person who requests for itself, or the only one that the caller can access.',
  })
  integrationId?: string;
  @IdOrNameField({
    optional: true,
    description:
      'The user the grant is for: its id or userName. Logged-in people can omit it to request for themselves. Members can ' +
      'request for another user under flows that allow it, and give the id of that user.',
  })
  userId?: string;
  @IdOrNameField({ description: 'The requested group: its id or display name.' })
  groupId: string;
}

/** The body of an approval or denial. */
export class ReviewBody extends Review {
  @IdOrNameField({
    optional: true,
    description:
      'The user on whose behalf an API key reviews: its id or userName. Logged-in people omit it: they review as themselves.',
  })
  reviewerId?: string;
}

export class CreateRequestParams {
  @ValidateOnlyParam('Whether to return the request that would result, and change nothing.')
  validateOnly?: 'true' | 'false';
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
    description:
      'Only requests of which this user is or was an approver, also by a group; with `status=pending` those that the user ' +
      'can decide. Its id or userName.',
  })
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

/** A request, with the people to ask if no user can decide it, and why the caller can. */
export class RequestView extends RequestRecord {
  @ApiPropertyOptional({
    type: [Contact],
    description:
      'Only if `undecidable`, and only for the requester, approvers and administrators: up to ten administrators of the ' +
      'integration, who can name other approvers in the flow. Empty if none is known: ask the operator of Tidegate.',
  })
  contacts?: Contact[];
  @ApiPropertyOptional({
    type: [String],
    description:
      'Only for logged-in people with a user in the integration, and while the request is pending: why that user can decide ' +
      'the open step, one sentence for each source of approvers. Empty if it cannot.',
  })
  yourReasons?: string[];
}
