import { ApiProperty, OmitType } from '@nestjs/swagger';
import { ChoiceField, IdField, IdsField, MAX_INTEGRATIONS } from '../dto/fields.js';
import { VariantProperty } from '../dto/objects.js';
import { Integer, Text, Timestamp, Uuid } from '../dto/properties.js';
import { PageQuery } from './common.dto.js';
import { AutomaticApproval } from './flows.dto.js';
import { UserRef } from './names.dto.js';

const NULLABLE = { nullable: true } as const;

/** Pages by `cursor`, which is the ids of flow, group and user of the last item, joined by dots. */
export class ListRequestable extends PageQuery {
  @IdField({ optional: true }) integrationId?: string;
  /** Users of the integrations of the command. */
  @IdsField({ min: 1, max: MAX_INTEGRATIONS }) userIds: string[];
}

/** A user who can decide a request, and so is active. */
export class ApproverRecord extends OmitType(UserRef, ['active'] as const) {}

/** One of the approvers decides. */
export class ApprovalByOne {
  @ChoiceField(['one_approver'])
  kind: 'one_approver';
  @ApiProperty({
    type: [ApproverRecord],
    description:
      'The active approvers of the flow, without the user. Empty if none can decide: a request then stays pending.',
  })
  approvers: ApproverRecord[];
}

/** Who decides a request that does not exist yet. */
export type FutureApproval = AutomaticApproval | ApprovalByOne;
const FUTURE_APPROVALS = { automatic: AutomaticApproval, one_approver: ApprovalByOne };

/** A group that a user can request under a flow. */
export class RequestableRecord {
  @Uuid() integrationId: string;
  @Uuid('The user who can request it.') userId: string;
  @Uuid() flowId: string;
  @Text() flowName: string;
  @Uuid() groupId: string;
  @Text() groupName: string;
  @Integer('Longest duration of a grant, including extensions.') maxDurationSeconds: number;
  @VariantProperty(FUTURE_APPROVALS, 'How a request is approved.') approval: FutureApproval;
  @ApiProperty({ description: 'Whether SCIM pushed the user as a member of the group.' }) alreadyMember: boolean;
  @Uuid('The live grant of the user for the group that ends last, under any flow.', NULLABLE) grantId: string | null;
  @Timestamp('When that grant expires.', NULLABLE) endsAt: string | null;
  @Uuid('A pending request of the user for the group: the one under this flow, or else under another.', NULLABLE)
  requestId: string | null;
}
