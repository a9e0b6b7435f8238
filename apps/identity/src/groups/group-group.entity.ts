import { Entity, PrimaryColumn } from 'typeorm';

/** The membership of a group in another group. */
@Entity({ schema: 'identity', name: 'group_groups' })
export class GroupGroupEntity {
  @PrimaryColumn('uuid') integrationId: string;
  @PrimaryColumn('uuid') groupId: string;
  @PrimaryColumn('uuid') memberId: string;
}
