import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import {
  type Approval,
  type EffectiveMembership,
  type FlowRecord,
  type GrantRecord,
  type RequestRecord,
  type Requesters,
} from '@tidegate/contracts';
import { ApprovalBody, RequestersBody } from './access.dto.js';

export const Nullable = (format?: string, description?: string): PropertyDecorator =>
  ApiProperty({ type: String, nullable: true, ...(format ? { format } : {}), ...(description ? { description } : {}) });
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

export class FlowView implements FlowRecord {
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
}

class ReviewView {
  @Uuid() reviewerId: string;
  @ApiProperty({ enum: ['approve', 'deny'] }) verdict: 'approve' | 'deny';
  @Nullable() comment: string | null;
  @Moment() createdAt: string;
}

export class RequestView implements RequestRecord {
  @Uuid() id: string;
  @Uuid() integrationId: string;
  @Uuid() flowId: string;
  @Uuid() userId: string;
  @Uuid() groupId: string;
  @ApiProperty() durationSeconds: number;
  @Nullable() justification: string | null;
  @ApiProperty({ type: String }) status: RequestRecord['status'];
  @Nullable() statusReason: string | null;
  @ApiProperty({ type: ApprovalBody }) approval: Approval;
  @ApiProperty({ type: [ReviewView] }) reviews: ReviewView[];
  @Nullable('uuid') grantId: string | null;
  @Moment() createdAt: string;
  @Moment() expiresAt: string;
  @ApiProperty() version: number;
}

export class GrantView implements GrantRecord {
  @Uuid() id: string;
  @Uuid() grantId: string;
  @Uuid() integrationId: string;
  @Uuid() requestId: string;
  @Uuid() userId: string;
  @Uuid() groupId: string;
  @ApiProperty({ type: String }) status: GrantRecord['status'];
  @Nullable() endReason: GrantRecord['endReason'];
  @Moment() endsAt: string;
  @Moment() createdAt: string;
  @Nullable('date-time') activatedAt: string | null;
  @Nullable('date-time') revokingAt: string | null;
  @Nullable('date-time') endedAt: string | null;
  @ApiProperty() version: number;
}
