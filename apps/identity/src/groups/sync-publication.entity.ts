import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The progress of publishing the members of a newly synced group. There is no row when all are published. */
@Entity({ schema: 'identity', name: 'sync_publications' })
export class SyncPublicationEntity {
  @PrimaryColumn('uuid') integrationId: string;
  @PrimaryColumn('uuid') groupId: string;
  /** The last published member, ordered by id. */
  @Column('uuid') membersAfter: string;
  /** The number of the next chunk. */
  @Column('integer') chunk: number;
}
