import { ApiProperty } from '@nestjs/swagger';
import { type UserRecord } from '@tidegate/contracts';
import { userStateOf } from '@tidegate/scim';
import { Text, Timestamp, Uuid, Version } from '@tidegate/contracts/dto';

const NULLABLE = { nullable: true } as const;

export class UserView {
  @Uuid() id: string;
  @Text() userName: string;
  @Text(undefined, NULLABLE) displayName: string | null;
  @Text('Id of the user at the identity provider.', NULLABLE) externalId: string | null;
  @ApiProperty({ description: 'False after a deactivation.' }) active: boolean;
  @Version() version: number;
  @Timestamp() createdAt: string;
  @Timestamp() lastModifiedAt: string;
}

/** @returns the user as the API shows it */
export function userView({ id, attributes, active, version, createdAt, lastModifiedAt }: UserRecord): UserView {
  return { id, ...userStateOf(attributes), active, version, createdAt, lastModifiedAt };
}
