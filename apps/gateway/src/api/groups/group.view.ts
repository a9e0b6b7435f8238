import { ApiProperty } from '@nestjs/swagger';
import { type GroupRecord } from '@tidegate/contracts';
import { Text, Timestamp, Uuid, Version } from '@tidegate/contracts/dto';

export class GroupView {
  @Uuid() id: string;
  @Text() displayName: string;
  @Text('Id of the group at the identity provider.', { nullable: true }) externalId: string | null;
  @ApiProperty({ description: 'Whether the group is synced and can be requested.' }) synced: boolean;
  @Version() version: number;
  @Timestamp() createdAt: string;
  @Timestamp() lastModifiedAt: string;
}

/** @returns the group as the API shows it */
export function groupView({ id, attributes, synced, version, createdAt, lastModifiedAt }: GroupRecord): GroupView {
  const { displayName, externalId } = attributes;
  return {
    id,
    displayName: typeof displayName === 'string' ? displayName : '',
    externalId: typeof externalId === 'string' ? externalId : null,
    synced,
    version,
    createdAt,
    lastModifiedAt,
  };
}
