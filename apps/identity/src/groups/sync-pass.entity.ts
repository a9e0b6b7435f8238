import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The progress of applying a list of groups to sync. There is no row when it is applied to all groups. */
@Entity({ schema: 'identity', name: 'sync_passes' })
export class SyncPassEntity {
  @PrimaryColumn('uuid') integrationId: string;
  /** The last group to which the list was applied, ordered by id. */
  @Column('uuid') groupsAfter: string;
}
