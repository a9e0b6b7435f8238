import { ApiProperty } from '@nestjs/swagger';
import {
  type Approval,
  type EffectiveMembership,
  type FlowRecord,
  GRANT_END_REASONS,
  GRANT_STATUSES,
  type GrantRecord,
  REQUEST_STATUS_REASONS,
  REQUEST_STATUSES,
  type RequestRecord,
  type Requesters,
} from '@tidegate/contracts';
import { ActorProperty, ActorView } from '../common/actor.view.js';
import { ApprovalBody, RequestersBody } from './flows.dto.js';
import { MEMBERSHIP_SOURCES, VERDICTS } from '../common/closed-sets.js';
import { Integer, OneOf, SomeOf, Text, Timestamp, Uuid, Uuids, Version } from '../common/properties.js';

const NULLABLE = { nullable: true } as const;

export class UserView {
  @Uuid() id: string;
  @Text() userName: string;
  @Text(undefined, NULLABLE) displayName: string | null;
  @Text('Id of the user at the identity provider.', NULLABLE) externalId: string | null;
  @ApiProperty({ description: 'False after a deactivation.' }) active: boolean;
  @Version() version: number;
  @Timestamp() createdAt: string;
  @Timestamp() lastModifiedAt: string;
}

export class GroupView {
  @Uuid() id: string;
  @Text() displayName: string;
  @Text('Id of the group at the identity provider.', NULLABLE) externalId: string | null;
  @ApiProperty({ description: 'Whether the group is synced and can be requested.' }) synced: boolean;
  @Version() version: number;
  @Timestamp() createdAt: string;
  @Timestamp() lastModifiedAt: string;
}

export class MembershipView implements EffectiveMembership {
  @Uuid() userId: string;
  @Text() userName: string;
  @Uuid() groupId: string;
  @Text() groupName: string;
  @SomeOf(MEMBERSHIP_SOURCES, '`scim`: pushed by the identity provider. `grant`: by a live grant.')
  sources: ('scim' | 'grant')[];
  @Timestamp('The latest end of the grants; null if the membership comes only from SCIM.', NULLABLE)
  endsAt: string | null;
}

export class FlowView implements Omit<FlowRecord, 'createdBy' | 'updatedBy'> {
  @Uuid() id: string;
  @Uuid() integrationId: string;
  @Text() name: string;
  @ApiProperty({ description: 'A disabled flow accepts no requests, approvals or extensions.' }) enabled: boolean;
  @ApiProperty({ type: RequestersBody, description: 'The eligible users.' }) requesters: Requesters;
  @Uuids('The groups that can be requested.') groupIds: string[];
  @Integer('Longest duration of a grant, including extensions.') maxDurationSeconds: number;
  @ApiProperty({ type: ApprovalBody, description: 'How requests are approved.' }) approval: Approval;
  @Version() version: number;
  @Timestamp() createdAt: string;
  @ActorProperty('The actor that created it.') createdBy: ActorView | null;
  @ActorProperty('The actor that last changed its settings.') updatedBy: ActorView | null;
}

export class UpdatedFlowView extends FlowView {
  @Integer('Number of pending requests cancelled because they no longer match the flow.') cancelledRequests: number;
}

class ReviewView {
  @Uuid('The approver who decided, or on whose behalf an API key decided.') reviewerId: string;
  @OneOf(VERDICTS) verdict: 'approve' | 'deny';
  @Text(undefined, NULLABLE) comment: string | null;
  @Timestamp() createdAt: string;
  @ActorProperty('The reviewer, or the API key that reviewed on behalf of the reviewer.') reviewedBy: ActorView | null;
}

export class RequestView implements Omit<RequestRecord, 'requestedBy' | 'reviews'> {
  @Uuid() id: string;
  @Uuid() integrationId: string;
  @Uuid() flowId: string;
  @Uuid('The user the grant is for.') userId: string;
  @Uuid('The requested group.') groupId: string;
  @Integer('Requested duration of the grant.') durationSeconds: number;
  @Text(undefined, NULLABLE) justification: string | null;
  @OneOf(REQUEST_STATUSES) status: RequestRecord['status'];
  @OneOf(REQUEST_STATUS_REASONS, 'Why it was cancelled.', NULLABLE) statusReason: RequestRecord['statusReason'];
  @ApiProperty({ type: ApprovalBody, description: 'The approval of the flow, with the approvers of this request.' })
  approval: Approval;
  @ApiProperty({ description: 'Whether the request is pending and no approver can review it.' }) undecidable: boolean;
  @ApiProperty({ type: [ReviewView] }) reviews: ReviewView[];
  @ActorProperty('The actor that made the request.') requestedBy: ActorView | null;
  @Uuid('The grant of an approved request.', NULLABLE) grantId: string | null;
  @Timestamp() createdAt: string;
  @Timestamp('When it expires if it is still pending.') expiresAt: string;
  @Version() version: number;
}

export class GrantView implements Omit<GrantRecord, 'extendedBy' | 'revokedBy'> {
  @Uuid() id: string;
  @Uuid('The same as `id`.') grantId: string;
  @Uuid() integrationId: string;
  @Uuid() requestId: string;
  @Uuid() userId: string;
  @Uuid() groupId: string;
  @OneOf(GRANT_STATUSES, '`revoking`: its end is decided. `ended`: the target has confirmed the end.')
  status: GrantRecord['status'];
  @OneOf(GRANT_END_REASONS, 'Why it ends or ended.', NULLABLE) endReason: GrantRecord['endReason'];
  @Timestamp('When it expires.') endsAt: string;
  @Timestamp() createdAt: string;
  @Timestamp('When the target confirmed the membership.', NULLABLE) activatedAt: string | null;
  @Timestamp('When its end was decided.', NULLABLE) revokingAt: string | null;
  @Timestamp('When the target confirmed the end.', NULLABLE) endedAt: string | null;
  @ActorProperty('The actor that last extended it.') extendedBy: ActorView | null;
  @ActorProperty('The actor whose change ended the grant; a system job if the grant expired.')
  revokedBy: ActorView | null;
  @Version() version: number;
}
