import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The progress of publishing profiles again. There is no row when all are published. */
@Entity({ schema: 'identity', name: 'profile_passes' })
export class ProfilePassEntity {
  @PrimaryColumn('uuid') integrationId: string;
  /** The attributes that were marked before or after the change. */
  @Column('text', { array: true }) names: string[];
  /** The last user that was published, ordered by id. */
  @Column('uuid') usersAfter: string;
}
