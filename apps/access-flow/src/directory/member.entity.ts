import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A member of a group by SCIM, updated by events. */
@Entity({ schema: 'access_flow', name: 'members' })
export class MemberEntity {
  @PrimaryColumn('uuid') integrationId: string;
  @PrimaryColumn('uuid') groupId: string;
  @PrimaryColumn('uuid') userId: string;
  /** False for a removed member: the row stays, so that a late event with an older version cannot add the member again. */
  @Column('boolean') present: boolean;
  /** The version of the newest event about this member. */
  @Column('bigint') version: number;
}
