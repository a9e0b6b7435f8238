import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The tombstone of a group. */
@Entity({ schema: 'identity', name: 'deleted_groups' })
export class DeletedGroupEntity {
  @PrimaryColumn('uuid') integrationId: string;
  @PrimaryColumn('uuid') id: string;
  /** The command that deleted the group. */
  @Column('uuid') commandId: string;
  @Column('timestamptz') deletedAt: Date;
}
