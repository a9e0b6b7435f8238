import { ApiProperty } from '@nestjs/swagger';
import { type NamedActor } from '../context.js';
import { ActorProperty } from '../dto/actor.dto.js';
import {
  ChoiceField,
  FlagField,
  IdField,
  IdsField,
  IntegerField,
  MAX_INTEGRATIONS,
  StringField,
  TimestampField,
} from '../dto/fields.js';
import { ListField } from '../dto/objects.js';
import { Integer, IntegrationName, OneOf, SomeOf, Text, Timestamp, Uuid, Version } from '../dto/properties.js';
import {
  APPROVER_SOURCE_KINDS,
  type ApproverSourceKind,
  FLOW_LIMITS,
  MAX_PAGE,
  type Quorum,
  QUORUMS,
  REQUEST_KINDS,
  REQUEST_STATUS_REASONS,
  REQUEST_STATUSES,
  type RequestKind,
  type RequestStatus,
  type RequestStatusReason,
  TEXT_LENGTH,
  type Verdict,
  VERDICTS,
} from '../values.js';
import { fromGateway, type NoData } from './command-rule.js';
import { RequestApprover } from './approval.dto.js';
import { IdPageQuery, OfId, type Page } from './common.dto.js';
import { Member } from './flows.dto.js';
import { FlowRef, type WithoutIntegrationName } from './names.dto.js';
import { ListRequestable, type RequestableRecord } from './requestable.dto.js';

const NULLABLE = { nullable: true } as const;

export class CreateRequest {
  @IdField({
    optional: true,
    description:
      'The flow under which the user requests. Without it: the flow with the highest priority that allows the request.',
  })
  flowId?: string;
  @IdField({ description: 'The user the grant is for.' })
  userId: string;
  @IdField({ description: 'The requested group.' })
  groupId: string;
  @IntegerField({
    min: FLOW_LIMITS.shortestSeconds,
    max: FLOW_LIMITS.longestSeconds,
    description: 'Requested duration of the grant, within the limits of the flow.',
  })
  durationSeconds: number;
  @StringField({
    max: TEXT_LENGTH,
    optional: true,
    trim: true,
    description: 'Shown to the approvers.',
  })
  justification?: string;
  @TimestampField({
    optional: true,
    description: 'When access starts, at most 90 days ahead. Without it: as soon as the request is approved.',
  })
  startsAt?: string;
  @StringField({
    max: FLOW_LIMITS.idempotencyKeyLength,
    optional: true,
    description:
      'A repeat with the same key and user returns the existing request, whatever became of it. With other data it is refused.',
  })
  idempotencyKey?: string;
}

export class CreateOneRequest extends CreateRequest {
  /** The user of the caller, if the caller can request only as a member. The flow then decides whether it may. */
  @IdField({ optional: true }) memberId?: string;
  /** Whether to return the request that would result, and change nothing. */
  @FlagField({ optional: true }) validateOnly?: boolean;
}

export class ListRequests extends IdPageQuery {
  @IdField({ optional: true }) integrationId?: string;
  @ChoiceField(REQUEST_STATUSES, { optional: true }) status?: RequestStatus;
  @IdField({ optional: true }) userId?: string;
  @IdField({ optional: true }) groupId?: string;
  @IdField({ optional: true }) flowId?: string;
  /**
   * Only requests of which one of these users is or was an approver, also by a group; with the status `pending` those that
   * one of them can decide.
   */
  @IdsField({ min: 1, max: MAX_PAGE, optional: true }) approverIds?: string[];
}

/** What an approver sends with a review. */
export class Review {
  @StringField({
    max: TEXT_LENGTH,
    optional: true,
    trim: true,
    description: 'Stored with the review. Some steps require it.',
  })
  comment?: string;
  @IntegerField({
    min: FLOW_LIMITS.shortestSeconds,
    max: FLOW_LIMITS.longestSeconds,
    optional: true,
    description: 'Only for an approval: a shorter duration than the requested one.',
  })
  durationSeconds?: number;
}

export class ReviewRequest extends Review {
  @IdField() id: string;
  /** Absent for an administrator without a user in the integration. */
  @IdField({ optional: true }) reviewerId?: string;
  @ChoiceField(VERDICTS) verdict: Verdict;
  /** The caller is an administrator of the integration, and can decide a step that is left to administrators. */
  @FlagField({ optional: true }) asAdministrator?: boolean;
}

export class ReviewRecord {
  @Integer('Index of the step, from 0. Texts count steps from 1.') step: number;
  @Uuid(
    'The user who decided, or on whose behalf an API key decided. Null for an administrator without a user.',
    NULLABLE,
  )
  reviewerId: string | null;
  @Text('Name of the reviewer.', NULLABLE) reviewerName: string | null;
  @OneOf(VERDICTS) verdict: Verdict;
  @Text(undefined, NULLABLE) comment: string | null;
  @Integer('The duration that an approval allows, if it is shorter than the requested one.', NULLABLE)
  durationSeconds: number | null;
  @SomeOf(APPROVER_SOURCE_KINDS, 'What made the reviewer an approver.') sources: ApproverSourceKind[];
  @ApiProperty({ description: 'Whether it counts. After a change of the steps, earlier reviews do not.' })
  counts: boolean;
  @Timestamp() createdAt: string;
  /** Null for reviews of releases that did not store it. */
  @ActorProperty('The reviewer, or the API key that reviewed on behalf of the reviewer.') reviewedBy: NamedActor | null;
}

export const REQUEST_STEP_STATUSES = ['waiting', 'open', 'approved', 'denied', 'skipped'] as const;

/** A step of a request. */
export class RequestStep {
  @Text('Name of the step in the flow.', NULLABLE) name: string | null;
  @OneOf(REQUEST_STEP_STATUSES, '`waiting`: an earlier step is not approved. `skipped`: the request ended before it.')
  status: (typeof REQUEST_STEP_STATUSES)[number];
  @OneOf(QUORUMS) quorum: Quorum;
  @Integer('For the quorum `count`.', NULLABLE) count: number | null;
  @ApiProperty({ description: 'Whether an approver must give a comment.' }) requireReason: boolean;
  @ApiProperty({ type: [RequestApprover], description: 'The approvers of an open or decided step.' })
  approvers: RequestApprover[];
  @Timestamp('When it escalates if it is open.', NULLABLE) escalatesAt: string | null;
}

export class RequestRecord {
  @Uuid() id: string;
  @Uuid() integrationId: string;
  @IntegrationName() integrationName: string | null;
  @OneOf(REQUEST_KINDS, '`extension`: of the grant in `grantId`.') kind: RequestKind;
  @Uuid() flowId: string;
  @Text('Name of the flow; null if it was deleted.', NULLABLE) flowName: string | null;
  @Integer('Version of the flow whose steps the request follows. Null for requests of earlier releases.', NULLABLE)
  flowVersion: number | null;
  @Uuid('The user the grant is for.') userId: string;
  @Text('Name of that user.') userName: string;
  @Text('Display name of that user.', NULLABLE) userDisplayName: string | null;
  @Uuid('The requested group.') groupId: string;
  @Text('Name of that group.') groupName: string;
  @Integer('Requested duration of the grant.') durationSeconds: number;
  @Integer('Duration that the approvals so far allow, if it is shorter.', NULLABLE) approvedSeconds: number | null;
  @Timestamp('Requested start of access; null: as soon as it is approved.', NULLABLE) startsAt: string | null;
  @Text(undefined, NULLABLE) justification: string | null;
  @OneOf(REQUEST_STATUSES) status: RequestStatus;
  @OneOf(REQUEST_STATUS_REASONS, 'Why it was cancelled.', NULLABLE) statusReason: RequestStatusReason | null;
  @Integer('Index in `steps` of the open step, from 0. Texts count steps from 1. Null if it is not pending.', NULLABLE)
  step: number | null;
  @ApiProperty({ type: [RequestStep], description: 'The steps of its approval. Empty for automatic approval.' })
  steps: RequestStep[];
  @ApiProperty({
    description: 'Whether it is pending and no user can decide the open step: only administrators can.',
  })
  undecidable: boolean;
  @ApiProperty({ type: [ReviewRecord] }) reviews: ReviewRecord[];
  /** Null for requests of releases that did not store it. */
  @ActorProperty('The actor that made the request.') requestedBy: NamedActor | null;
  @Uuid('The grant of an approved request, or the grant to extend.', NULLABLE) grantId: string | null;
  @Timestamp() createdAt: string;
  @Timestamp('When it expires if it is still pending.') expiresAt: string;
  @Version() version: number;
  @ApiProperty({
    type: [FlowRef],
    required: false,
    description: 'Only after a creation without a flow: the other flows that would have allowed it, by priority.',
  })
  otherFlows?: FlowRef[];
}

/** The number of pending requests of an integration that no user can decide. */
export interface UndecidableCount {
  integrationId: string;
  requests: number;
}

/** A request as access-flow replies it. */
export type RequestReply = WithoutIntegrationName<RequestRecord>;

export class GetRequest extends OfId {
  /** Only a request that one of these members made, gets access by, or is or was an approver of. */
  @ListField(() => Member, { max: MAX_INTEGRATIONS, optional: true })
  visibleTo?: Member[];
}

export const REQUEST_COMMANDS = {
  'requests.create': fromGateway.validated(CreateOneRequest).returns<RequestReply>(),
  'requests.get': fromGateway.validated(GetRequest).returns<RequestReply>(),
  'requests.list': fromGateway.validated(ListRequests).returns<Page<RequestReply>>(),
  /** What users can request now: each group of each flow. */
  'requests.requestable': fromGateway.validated(ListRequestable).returns<Page<RequestableRecord>>(),
  /** The number of pending requests of an integration. */
  'requests.count': fromGateway.data<NoData>().returns<{ openRequests: number }>(),
  /** The integrations with pending requests that no user can decide. */
  'requests.undecidable': fromGateway.data<NoData>().returns<{ items: UndecidableCount[] }>(),
  'requests.review': fromGateway.validated(ReviewRequest).returns<RequestReply>(),
  'requests.cancel': fromGateway.validated(OfId).returns<RequestReply>(),
};
