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

/** Documents the name of the integration of a record. access-flow does not know it; the gateway adds it. */
export const IntegrationName = (): PropertyDecorator =>
  Text('Name of the integration. Null if it was deleted in the meantime.', { nullable: true });

/** A record as access-flow replies it. */
export type WithoutIntegrationName<T> = Omit<T, 'integrationName'>;
