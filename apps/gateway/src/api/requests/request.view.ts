import { ApiProperty } from '@nestjs/swagger';
import { type Approval, REQUEST_STATUS_REASONS, REQUEST_STATUSES, type RequestRecord } from '@tidegate/contracts';
import { type Access } from '../../callers/access.rule.js';
import { ActorProperty, ActorView } from '../common/actor.view.js';
import { VERDICTS } from '../common/closed-sets.js';
import { Integer, OneOf, Text, Timestamp, Uuid, Version } from '../common/properties.js';
import { shownActor } from '../common/shown-actor.rule.js';
import { ApprovalBody } from '../flows/flows.dto.js';

const NULLABLE = { nullable: true } as const;

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

/** @returns the request with the details that the caller may see */
export function requestView(access: Access, request: RequestRecord): RequestView {
  const { integrationId } = request;
  return {
    ...request,
    requestedBy: shownActor(access, integrationId, request.requestedBy),
    reviews: request.reviews.map((review) => ({
      ...review,
      reviewedBy: shownActor(access, integrationId, review.reviewedBy),
    })),
  };
}
