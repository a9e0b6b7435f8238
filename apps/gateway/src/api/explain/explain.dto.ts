import { OmitType } from '@nestjs/swagger';
import { ExplainAccess } from '@tidegate/contracts';
import { IdOrNameField } from '@tidegate/contracts/dto';

/** `ExplainAccess` with names. */
export class ExplainAccessBody extends OmitType(ExplainAccess, ['groupId', 'userId', 'asMember'] as const) {
  @IdOrNameField({ description: 'The group: its id or display name.' })
  groupId: string;
  @IdOrNameField({
    optional: true,
    description:
      'The user whose request is explained: its id or userName. Without it, the answer tells who can request the group. Members ' +
      'ask about themselves, and can omit it.',
  })
  userId?: string;
}
