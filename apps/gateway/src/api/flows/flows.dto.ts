import { ApiProperty, OmitType, PickType } from '@nestjs/swagger';
import { type Condition, FlowChangeOptions, FlowRecord } from '@tidegate/contracts';
import { schemaPath } from '@tidegate/contracts/dto';
import { ValidateOnlyParam } from '../common/validate-only.js';

export class UpdateFlowParams extends PickType(FlowChangeOptions, ['confirm'] as const) {
  @ValidateOnlyParam('Whether to return what the change would do, and change nothing.')
  validateOnly?: 'true' | 'false';
}

/** A flow with what its reader may see. */
export class FlowView extends OmitType(FlowRecord, ['eligibility'] as const) {
  @ApiProperty({
    oneOf: [{ $ref: schemaPath('Condition') }, { type: 'null' }],
    description: 'The users who can get access, by a condition. Null for members.',
  })
  eligibility: Condition | null;
}
