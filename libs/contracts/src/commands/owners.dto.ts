import { ApiProperty } from '@nestjs/swagger';
import { type NamedActor } from '../context.js';
import { ActorProperty } from '../dto/actor.dto.js';
import { IdField, IdsField } from '../dto/fields.js';
import { Text, Timestamp, Uuid } from '../dto/properties.js';
import { FLOW_LIMITS } from '../values.js';
import { fromGateway } from './command-rule.js';

export class OfGroup {
  @IdField() groupId: string;
}

export class SetOwners extends OfGroup {
  @IdsField({ max: FLOW_LIMITS.owners }) userIds: string[];
}

export class GroupOwner {
  @Uuid() userId: string;
  @Text('Name of the user.') userName: string;
  @Text('Display name of the user.', { nullable: true }) userDisplayName: string | null;
  @ApiProperty({
    description:
      'Whether the user is an owner now. False if the user was deactivated or deleted since, also after a reactivation, ' +
      'until the user is named again.',
  })
  active: boolean;
  @ActorProperty('The actor that named the owner.') addedBy: NamedActor;
  @Timestamp('When the owner was named.') addedAt: string;
}

export class GroupOwners {
  @Uuid() integrationId: string;
  @Uuid() groupId: string;
  @Text('Name of the group.') groupName: string;
  @ApiProperty({ type: [GroupOwner], description: 'By the id of the user.' }) owners: GroupOwner[];
}

export const OWNER_COMMANDS = {
  'owners.get': fromGateway.validated(OfGroup).returns<GroupOwners>(),
  /** Replaces the owners of a group. */
  'owners.set': fromGateway.validated(SetOwners).returns<GroupOwners>(),
};
