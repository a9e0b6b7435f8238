import { ApiProperty } from '@nestjs/swagger';
import { FlagField, IdField } from '../dto/fields.js';
import { Integer, OneOf, SomeOf, Text, Texts, Timestamp, Uuid } from '../dto/properties.js';
import { type ExistingAccess } from '../refusals.js';
import { EXISTING_ACCESS_KINDS, OBSTACLE_CODES, type ObstacleCode, type Requester, REQUESTERS } from '../values.js';
import { fromGateway } from './command-rule.js';
import { UserRef } from './names.dto.js';
import { FutureStep } from './requestable.dto.js';

const NULLABLE = { nullable: true } as const;

export class ExplainAccess {
  @IdField({ description: 'The integration of the user and the group.' }) integrationId: string;
  @IdField() groupId: string;
  @IdField({ optional: true }) userId?: string;
  /** The caller asks as a member about its own user, which is `userId`. */
  @FlagField({ optional: true }) asMember?: boolean;
}

/** The access because of which a request would be refused. */
export class ExplainedAccess implements ExistingAccess {
  @OneOf(EXISTING_ACCESS_KINDS) kind: ExistingAccess['kind'];
  @Uuid() id: string;
  @Timestamp('When the grant ends, or the pending request expires.') endsAt: string;
}

/** Why a user cannot request a group under a flow. */
export class Obstacle {
  @OneOf(OBSTACLE_CODES) code: ObstacleCode;
  @Text('The reason in one sentence.') text: string;
  @ApiProperty({ type: ExplainedAccess, required: false }) existing?: ExplainedAccess;
}

/** A flow that offers the group. */
export class ExplainedFlow {
  @Uuid('Null if the caller cannot see the flow.', NULLABLE) flowId: string | null;
  @Text('Null if the caller cannot see the flow.', NULLABLE) flowName: string | null;
  @Integer() priority: number;
  @Integer('Position in the order in which requests use the flows, from 1. Disabled flows are last.') order: number;
  @ApiProperty({ description: 'Whether a request of the user that names no flow uses this one.' }) chosen: boolean;
  @ApiProperty({
    type: Boolean,
    nullable: true,
    description:
      'Whether the user can request the group under the flow now, for the shortest duration and with a justification. Null ' +
      'without a user.',
  })
  allowed: boolean | null;
  @ApiProperty({ type: [Obstacle], description: 'Why not. Empty if it is allowed, and without a user.' })
  obstacles: Obstacle[];
  @Text('The eligible users in words. Null if the caller cannot see the flow.', NULLABLE) eligibility: string | null;
  @Integer('Shortest duration of a grant.') minDurationSeconds: number;
  @Integer('Longest duration of a grant, including extensions.') maxDurationSeconds: number;
  @ApiProperty({ description: 'Whether a request requires a justification.' }) requireJustification: boolean;
  @SomeOf(REQUESTERS, 'Who can request for an eligible user.') requesters: Requester[];
  @Texts('The steps of the approval in words. Empty for automatic approval, and if the caller cannot see the flow.')
  approval: string[];
  @ApiProperty({
    type: [FutureStep],
    description: 'Who would decide the request of the user. Empty without a user, and if it is not allowed.',
  })
  steps: FutureStep[];
}

export class ExplainedGroup {
  @Uuid() id: string;
  @Text('Null if the caller cannot see the group.', NULLABLE) name: string | null;
}

/** Who can request a group, and under which flows. */
export class AccessExplanation {
  @Uuid() integrationId: string;
  @ApiProperty({ type: ExplainedGroup }) group: ExplainedGroup;
  @ApiProperty({ type: UserRef, nullable: true, description: 'Null if the call named none.' }) user: UserRef | null;
  @ApiProperty({
    type: [ExplainedFlow],
    description: 'The flows that offer the group, in the order in which requests use them: at most 50.',
  })
  flows: ExplainedFlow[];
  @Text('The answer in one sentence.') summary: string;
}

export const ACCESS_COMMANDS = {
  'access.explain': fromGateway.validated(ExplainAccess).returns<AccessExplanation>(),
};
