import { OmitType, PartialType } from '@nestjs/swagger';
import {
  AutomaticApproval,
  CreateFlow,
  EveryoneRequests,
  FLOW_LIMITS,
  MembersRequest,
  OneApprover,
} from '@tidegate/contracts';
import { IdsOrNamesField, VariantField } from '@tidegate/contracts/dto';

/** `OneApprover` in a body. */
export class OneApproverBody extends OmitType(OneApprover, ['approverIds'] as const) {
  @IdsOrNamesField({
    min: 1,
    max: FLOW_LIMITS.approvers,
    description: 'The users who can approve: their ids or userNames.',
  })
  approverIds: string[];
}

/** `MembersRequest` in a body. */
export class MembersRequestBody extends OmitType(MembersRequest, ['groupIds'] as const) {
  @IdsOrNamesField({
    min: 1,
    max: FLOW_LIMITS.groups,
    description: 'The groups whose members are eligible: their ids or display names.',
  })
  groupIds: string[];
}

const REQUESTERS = { everyone: EveryoneRequests, members_of: MembersRequestBody };
const APPROVALS = { automatic: AutomaticApproval, one_approver: OneApproverBody };

/** `CreateFlow` with names. The properties are omitted first, because class-validator inherits their decorators. */
export class CreateFlowBody extends OmitType(CreateFlow, ['requesters', 'groupIds', 'approval'] as const) {
  @VariantField(REQUESTERS, { description: 'The eligible users.' })
  requesters: EveryoneRequests | MembersRequestBody;
  @IdsOrNamesField({
    min: 1,
    max: FLOW_LIMITS.groups,
    description: 'The groups that can be requested: their ids or display names. The flow stores the ids.',
  })
  groupIds: string[];
  @VariantField(APPROVALS, { description: 'How requests are approved.' })
  approval: AutomaticApproval | OneApproverBody;
}

export class UpdateFlowBody extends PartialType(OmitType(CreateFlowBody, ['integrationId'] as const), {
  skipNullProperties: false,
}) {}
