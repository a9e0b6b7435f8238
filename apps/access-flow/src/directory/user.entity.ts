import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A user of the directory, updated by events. */
@Entity({ schema: 'access_flow', name: 'users' })
export class UserEntity {
  @PrimaryColumn('uuid') integrationId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text') userName: string;
  /** The folded userName. */
  @Column('text') userNameKey: string;
  @Column('text', { nullable: true }) displayName: string | null;
  @Column('text', { nullable: true }) externalId: string | null;
  @Column('boolean') active: boolean;
  @Column('boolean') deleted: boolean;
  /** The number of times the user became inactive or was deleted. */
  @Column('integer') deactivations: number;
  /** The version of the newest event. */
  @Column('bigint') version: number;
}
