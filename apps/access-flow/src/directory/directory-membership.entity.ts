import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A membership by grants, as the target `directory` applied it. */
@Entity({ schema: 'access_flow', name: 'directory_memberships' })
export class DirectoryMembershipEntity {
  @PrimaryColumn('uuid') integrationId: string;
  @PrimaryColumn('uuid') groupId: string;
  @PrimaryColumn('uuid') userId: string;
  @Column('timestamptz') since: Date;
}
