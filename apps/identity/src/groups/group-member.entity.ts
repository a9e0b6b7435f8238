import { Entity, PrimaryColumn } from 'typeorm';

/** The membership of a user in a group. */
@Entity({ schema: 'identity', name: 'group_members' })
export class GroupMemberEntity {
  @PrimaryColumn('uuid') integrationId: string;
  @PrimaryColumn('uuid') groupId: string;
  @PrimaryColumn('uuid') userId: string;
}
