import { ApiProperty } from '@nestjs/swagger';
import { FlagField, IdField, IdsField, MAX_INTEGRATIONS } from '../dto/fields.js';
import { Integer, OneOf, Text, Timestamp, Uuid } from '../dto/properties.js';
import { PageQuery } from './common.dto.js';
import { type Quorum, QUORUMS } from '../values.js';
import { RequestApprover } from './approval.dto.js';

const NULLABLE = { nullable: true } as const;

/** Pages by `cursor`, which is the ids of flow, group and user of the last item, joined by dots. */
export class ListRequestable extends PageQuery {
  @IdField({ optional: true }) integrationId?: string;
  /** Users of the integrations of the command. */
  @IdsField({ min: 1, max: MAX_INTEGRATIONS }) userIds: string[];
  /** Whether the users ask for themselves: only flows whose `requesters` include `self`. Otherwise all that allow the user. */
  @FlagField({ optional: true }) asMember?: boolean;
}

/** Who would decide a step of a request that does not exist yet. */
export class FutureStep {
  @Text('Name of the step in the flow.', NULLABLE) name: string | null;
  @OneOf(QUORUMS) quorum: Quorum;
  @Integer('For the quorum `count`.', NULLABLE) count: number | null;
  @ApiProperty({ type: [RequestApprover] }) approvers: RequestApprover[];
}

/** A group that a user can request under a flow. */
export class RequestableRecord {
  @Uuid() integrationId: string;
  @Uuid('The user who can request it.') userId: string;
  @Text('Name of that user.') userName: string;
  @Text('Display name of that user.', NULLABLE) userDisplayName: string | null;
  @Uuid() flowId: string;
  @Text() flowName: string;
  @Uuid() groupId: string;
  @Text() groupName: string;
  @Integer('Longest duration of a grant, including extensions.') maxDurationSeconds: number;
  @Integer('Shortest duration of a grant.') minDurationSeconds: number;
  @Integer('Priority of the flow. A request without a flow uses the one with the highest.') priority: number;
  @ApiProperty({ type: [FutureStep], description: 'The steps of the approval. Empty for automatic approval.' })
  steps: FutureStep[];
  @ApiProperty({ description: 'Whether SCIM pushed the user as a member of the group.' }) alreadyMember: boolean;
  @Uuid('The live grant of the user for the group that ends last, under any flow.', NULLABLE) grantId: string | null;
  @Timestamp('When that grant expires.', NULLABLE) endsAt: string | null;
  @Uuid('A pending request of the user for the group: the one under this flow, or else under another.', NULLABLE)
  requestId: string | null;
}
