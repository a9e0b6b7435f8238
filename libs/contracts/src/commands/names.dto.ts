import { ApiProperty } from '@nestjs/swagger';
import { Text, Uuid } from '../dto/properties.js';

/** A user that a record refers to. */
export class UserRef {
  @Uuid() id: string;
  @Text('Name in the directory, also after the user was deleted.') userName: string;
  @Text('Display name in the directory.', { nullable: true }) displayName: string | null;
  @ApiProperty({ description: 'Whether the user is active and not deleted.' }) active: boolean;
}

/** A group that a record refers to. */
export class GroupRef {
  @Uuid() id: string;
  @Text('Display name in the directory, also after the group was deleted.') name: string;
}

/** A flow that a record refers to. */
export class FlowRef {
  @Uuid() id: string;
  @Text() name: string;
}

/** A record as access-flow replies it: the gateway adds the name of the integration. */
export type WithoutIntegrationName<T> = Omit<T, 'integrationName'>;
