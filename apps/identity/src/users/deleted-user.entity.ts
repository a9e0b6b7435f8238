import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The tombstone of a user. It contains the state for subscribers that missed the event of the deletion. */
@Entity({ schema: 'identity', name: 'deleted_users' })
export class DeletedUserEntity {
  @PrimaryColumn('uuid') integrationId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text') userName: string;
  @Column('text', { nullable: true }) displayName: string | null;
  @Column('text', { nullable: true }) externalId: string | null;
  @Column('integer') deactivations: number;
  @Column('bigint') version: number;
  @Column('timestamptz') deletedAt: Date;
  /** The command that deleted the user. */
  @Column('uuid', { nullable: true }) commandId: string | null;
}
