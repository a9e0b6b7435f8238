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
/** One of some words, or null. */
const OneOf = (words: readonly string[]): PropertyDecorator =>
  ApiProperty({ type: String, nullable: true, enum: [...words, null] });
export const Uuid = (): PropertyDecorator => ApiProperty({ type: String, format: 'uuid' });
export const Moment = (): PropertyDecorator => ApiProperty({ type: String, format: 'date-time' });

/** Documents an answer of `{items, nextCursor}`. */
export function ApiPageResponse(item: new () => object): MethodDecorator {
  const items = { type: 'array', items: { $ref: getSchemaPath(item) } };
  const nextCursor = {
    type: 'string',
    nullable: true,
    description: 'Ask for the next part with it; null: that was all.',
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
  @Moment() createdAt: string;
  @Moment() lastModifiedAt: string;
}

export class GroupView {
  @Uuid() id: string;
  @ApiProperty() displayName: string;
  @Nullable() externalId: string | null;
  @ApiProperty({ description: 'Whether it is among the groups to sync, and may be borrowed.' }) synced: boolean;
  @ApiProperty() version: number;
  @Moment() createdAt: string;
  @Moment() lastModifiedAt: string;
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
  @Moment() createdAt: string;
  @ActorProperty('The actor that made it.') createdBy: ActorView | null;
  @ActorProperty('The actor that changed its settings last.') updatedBy: ActorView | null;
}

export class UpdatedFlowView extends FlowView {
  @ApiProperty({ description: 'How many pending requests no longer fitted, and were cancelled.' })
  cancelledRequests: number;
}

class ReviewView {
  @Uuid() reviewerId: string;
  @ApiProperty({ enum: ['approve', 'deny'] }) verdict: 'approve' | 'deny';
  @Nullable() comment: string | null;
  @Moment() createdAt: string;
  @ActorProperty("The reviewer, or the API key that decided in the reviewer's name.") reviewedBy: ActorView | null;
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
  @ApiProperty({ description: 'It is pending, and no approver is left who can decide it.' }) undecidable: boolean;
  @ApiProperty({ type: [ReviewView] }) reviews: ReviewView[];
  @ActorProperty('The actor that made it.') requestedBy: ActorView | null;
  @Nullable('uuid') grantId: string | null;
  @Moment() createdAt: string;
  @Moment() expiresAt: string;
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
  @Moment() endsAt: string;
  @Moment() createdAt: string;
  @Nullable('date-time') activatedAt: string | null;
  @Nullable('date-time') revokingAt: string | null;
  @Nullable('date-time') endedAt: string | null;
  @ActorProperty('The actor that extended it last.') extendedBy: ActorView | null;
  @ActorProperty('The actor that ended it, or whose change did; a job when its time was over.')
  revokedBy: ActorView | null;
  @ApiProperty() version: number;
}
