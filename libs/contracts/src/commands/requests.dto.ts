import { ApiProperty } from '@nestjs/swagger';
import { type NamedActor } from '../context.js';
import { ActorProperty } from '../dto/actor.dto.js';
import { ChoiceField, IdField, IdsField, IntegerField, StringField } from '../dto/fields.js';
import { VariantProperty } from '../dto/objects.js';
import { Integer, IntegrationName, OneOf, Text, Timestamp, Uuid, Version } from '../dto/properties.js';
import {
  FLOW_LIMITS,
  MAX_PAGE,
  REQUEST_STATUS_REASONS,
  REQUEST_STATUSES,
  type RequestStatus,
  type RequestStatusReason,
  type Verdict,
  VERDICTS,
} from '../values.js';
import { fromGateway, type NoData } from './command-rule.js';
import { IdPageQuery, OfId, type Page } from './common.dto.js';
import { type Approval, APPROVALS } from './flows.dto.js';
import { UserRef, type WithoutIntegrationName } from './names.dto.js';
import { ListRequestable, type RequestableRecord } from './requestable.dto.js';

const NULLABLE = { nullable: true } as const;

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
  @StringField({
    max: FLOW_LIMITS.justificationLength,
    optional: true,
    trim: true,
    description: 'Shown to the approvers.',
  })
  justification?: string;
}

export class ListRequests extends IdPageQuery {
  @IdField({ optional: true }) integrationId?: string;
  @ChoiceField(REQUEST_STATUSES, { optional: true }) status?: RequestStatus;
  @IdField({ optional: true }) userId?: string;
  @IdField({ optional: true }) groupId?: string;
  @IdField({ optional: true }) flowId?: string;
  /** Only requests that one of these users can decide. */
  @IdsField({ min: 1, max: MAX_PAGE, optional: true }) approverIds?: string[];
}

export class ReviewRequest {
  @IdField() id: string;
  @IdField() reviewerId: string;
  @ChoiceField(VERDICTS) verdict: Verdict;
  @StringField({
    max: FLOW_LIMITS.justificationLength,
    optional: true,
    trim: true,
    description: 'Stored with the review.',
  })
  comment?: string;
}

export class ReviewRecord {
  @Uuid('The approver who decided, or on whose behalf an API key decided.') reviewerId: string;
  @Text('Name of the reviewer.') reviewerName: string;
  @OneOf(VERDICTS) verdict: Verdict;
  @Text(undefined, NULLABLE) comment: string | null;
  @Timestamp() createdAt: string;
  /** Null for reviews of releases that did not store it. */
  @ActorProperty('The reviewer, or the API key that reviewed on behalf of the reviewer.') reviewedBy: NamedActor | null;
}

export class RequestRecord {
  @Uuid() id: string;
  @Uuid() integrationId: string;
  @IntegrationName() integrationName: string | null;
  @Uuid() flowId: string;
  @Text('Name of the flow; null if it was deleted.', NULLABLE) flowName: string | null;
  @Uuid('The user the grant is for.') userId: string;
  @Text('Name of that user.') userName: string;
  @Text('Display name of that user.', NULLABLE) userDisplayName: string | null;
  @Uuid('The requested group.') groupId: string;
  @Text('Name of that group.') groupName: string;
  @Integer('Requested duration of the grant.') durationSeconds: number;
  @Text(undefined, NULLABLE) justification: string | null;
  @OneOf(REQUEST_STATUSES) status: RequestStatus;
  @OneOf(REQUEST_STATUS_REASONS, 'Why it was cancelled.', NULLABLE) statusReason: RequestStatusReason | null;
  @VariantProperty(
    APPROVALS,
    'The approval of the flow, with the approvers of the flow when the request was created, without those removed ' +
      'since. If none of them can decide, they are the current approvers of the flow.',
  )
  approval: Approval;
  @ApiProperty({ type: [UserRef], description: 'The users of `approval.approverIds`. Empty for automatic approval.' })
  approvers: UserRef[];
  @ApiProperty({
    description:
      'Whether it is pending and no approver can review it: there is none, or the only one is the requester.',
  })
  undecidable: boolean;
  @ApiProperty({ type: [ReviewRecord] }) reviews: ReviewRecord[];
  /** Null for requests of releases that did not store it. */
  @ActorProperty('The actor that made the request.') requestedBy: NamedActor | null;
  @Uuid('The grant of an approved request.', NULLABLE) grantId: string | null;
  @Timestamp() createdAt: string;
  @Timestamp('When it expires if it is still pending.') expiresAt: string;
  @Version() version: number;
}

/** A request without the names of what it refers to. */
export type UnnamedRequest = Omit<
  RequestRecord,
  'integrationName' | 'flowName' | 'userName' | 'userDisplayName' | 'groupName' | 'approvers' | 'reviews'
> & { reviews: Omit<ReviewRecord, 'reviewerName'>[] };

/** The number of pending requests of an integration that no approver can decide. */
export interface UndecidableCount {
  integrationId: string;
  requests: number;
}

/** A request as access-flow replies it. */
export type RequestReply = WithoutIntegrationName<RequestRecord>;

export const REQUEST_COMMANDS = {
  'requests.create': fromGateway.validated(CreateRequest).returns<RequestReply>(),
  'requests.get': fromGateway.validated(OfId).returns<RequestReply>(),
  'requests.list': fromGateway.validated(ListRequests).returns<Page<RequestReply>>(),
  /** What users can request now: each group of each flow. */
  'requests.requestable': fromGateway.validated(ListRequestable).returns<Page<RequestableRecord>>(),
  /** The number of pending requests of an integration. */
  'requests.count': fromGateway.data<NoData>().returns<{ openRequests: number }>(),
  /** The integrations with pending requests that no approver can decide. */
  'requests.undecidable': fromGateway.data<NoData>().returns<{ items: UndecidableCount[] }>(),
  'requests.review': fromGateway.validated(ReviewRequest).returns<RequestReply>(),
  'requests.cancel': fromGateway.validated(OfId).returns<RequestReply>(),
};
