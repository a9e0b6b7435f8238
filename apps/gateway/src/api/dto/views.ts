import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiProperty, getSchemaPath } from '@nestjs/swagger';
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
import { ActorProperty, ActorView } from './actor.view.js';
import { ApprovalBody, RequestersBody } from './access.dto.js';

export const Nullable = (format?: string, description?: string): PropertyDecorator =>
  ApiProperty({ type: String, nullable: true, ...(format ? { format } : {}), ...(description ? { description } : {}) });
/** An enum value or null. */
const OneOf = (words: readonly string[]): PropertyDecorator =>
  ApiProperty({ type: String, nullable: true, enum: [...words, null] });
export const Uuid = (): PropertyDecorator => ApiProperty({ type: String, format: 'uuid' });
export const Timestamp = (): PropertyDecorator => ApiProperty({ type: String, format: 'date-time' });

/** Documents a response of `{items, nextCursor}`. */
export function ApiPageResponse(item: new () => object): MethodDecorator {
  const items = { type: 'array', items: { $ref: getSchemaPath(item) } };
  const nextCursor = {
    type: 'string',
    nullable: true,
    description: 'Cursor for the next page; null on the last page.',
  };
  const schema = { type: 'object', properties: { items, nextCursor }, required: ['items', 'nextCursor'] };
  return applyDecorators(ApiExtraModels(item), ApiOkResponse({ schema }));
}

export class UserView {
  @Uuid() id: string;
  @ApiProperty() userName: string;
  @Nullable() displayName: string | null;
  @Nullable() externalId: string | null;
  @ApiProperty() active: boolean;
  @ApiProperty() version: number;
  @Timestamp() createdAt: string;
  @Timestamp() lastModifiedAt: string;
}

export class GroupView {
  @Uuid() id: string;
  @ApiProperty() displayName: string;
  @Nullable() externalId: string | null;
  @ApiProperty({ description: 'Whether the group is synced and can be requested.' }) synced: boolean;
  @ApiProperty() version: number;
  @Timestamp() createdAt: string;
  @Timestamp() lastModifiedAt: string;
}

export class MembershipView implements EffectiveMembership {
  @Uuid() userId: string;
  @ApiProperty() userName: string;
  @Uuid() groupId: string;
  @ApiProperty() groupName: string;
  @ApiProperty({ enum: ['scim', 'grant'], isArray: true }) sources: ('scim' | 'grant')[];
  @Nullable('date-time') endsAt: string | null;
}

export class FlowView implements Omit<FlowRecord, 'createdBy' | 'updatedBy'> {
  @Uuid() id: string;
  @Uuid() integrationId: string;
  @ApiProperty() name: string;
  @ApiProperty() enabled: boolean;
  @ApiProperty({ type: RequestersBody }) requesters: Requesters;
  @ApiProperty({ type: [String] }) groupIds: string[];
  @ApiProperty() maxDurationSeconds: number;
  @ApiProperty({ type: ApprovalBody }) approval: Approval;
  @ApiProperty() version: number;
  @Timestamp() createdAt: string;
  @ActorProperty('The actor that created it.') createdBy: ActorView | null;
  @ActorProperty('The actor that last changed its settings.') updatedBy: ActorView | null;
}

export class UpdatedFlowView extends FlowView {
  @ApiProperty({ description: 'Number of pending requests cancelled because they no longer match the flow.' })
  cancelledRequests: number;
}

class ReviewView {
  @Uuid() reviewerId: string;
  @ApiProperty({ enum: ['approve', 'deny'] }) verdict: 'approve' | 'deny';
  @Nullable() comment: string | null;
  @Timestamp() createdAt: string;
  @ActorProperty('The reviewer, or the API key that reviewed on behalf of the reviewer.') reviewedBy: ActorView | null;
}

export class RequestView implements Omit<RequestRecord, 'requestedBy' | 'reviews'> {
  @Uuid() id: string;
  @Uuid() integrationId: string;
  @Uuid() flowId: string;
  @Uuid() userId: string;
  @Uuid() groupId: string;
  @ApiProperty() durationSeconds: number;
  @Nullable() justification: string | null;
  @ApiProperty({ enum: REQUEST_STATUSES }) status: RequestRecord['status'];
  @OneOf(REQUEST_STATUS_REASONS) statusReason: RequestRecord['statusReason'];
  @ApiProperty({ type: ApprovalBody }) approval: Approval;
  @ApiProperty({ description: 'Whether the request is pending and no approver can review it.' }) undecidable: boolean;
  @ApiProperty({ type: [ReviewView] }) reviews: ReviewView[];
  @ActorProperty('The actor that made the request.') requestedBy: ActorView | null;
  @Nullable('uuid') grantId: string | null;
  @Timestamp() createdAt: string;
  @Timestamp() expiresAt: string;
  @ApiProperty() version: number;
}

export class GrantView implements Omit<GrantRecord, 'extendedBy' | 'revokedBy'> {
  @Uuid() id: string;
  @Uuid() grantId: string;
  @Uuid() integrationId: string;
  @Uuid() requestId: string;
  @Uuid() userId: string;
  @Uuid() groupId: string;
  @ApiProperty({ enum: GRANT_STATUSES }) status: GrantRecord['status'];
  @OneOf(GRANT_END_REASONS) endReason: GrantRecord['endReason'];
  @Timestamp() endsAt: string;
  @Timestamp() createdAt: string;
  @Nullable('date-time') activatedAt: string | null;
  @Nullable('date-time') revokingAt: string | null;
  @Nullable('date-time') endedAt: string | null;
  @ActorProperty('The actor that last extended it.') extendedBy: ActorView | null;
  @ActorProperty('The actor whose change ended the grant; a system job if the grant expired.')
  revokedBy: ActorView | null;
  @ApiProperty() version: number;
}
