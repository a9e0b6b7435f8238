import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A group of the directory, updated by events. */
@Entity({ schema: 'access_flow', name: 'groups' })
export class GroupEntity {
  @PrimaryColumn('uuid') integrationId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text') displayName: string;
  /** The folded display name. */
  @Column('text') displayNameKey: string;
  @Column('boolean') deleted: boolean;
  /** The version of the newest event. */
  @Column('bigint') version: number;
  @Column('boolean') synced: boolean;
  /** The version from which its members count. */
  @Column('bigint') syncVersion: number;
}
