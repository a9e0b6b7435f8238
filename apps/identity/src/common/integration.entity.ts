import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The state and the settings of an integration. A row is never deleted. */
@Entity({ schema: 'identity', name: 'integrations' })
export class IntegrationEntity {
  @PrimaryColumn('uuid') integrationId: string;
  @Column('bigint') version: number;
  @Column('timestamptz', { nullable: true }) removedAt: Date | null;
  /** The id at which the list blocks of users end; null if there are none. */
  @Column('uuid', { nullable: true }) usersClosedUntil: string | null;
  /** The id at which the list blocks of groups end; null if there are none. */
  @Column('uuid', { nullable: true }) groupsClosedUntil: string | null;
  /** The folded names of the groups to sync; null until a list is received, empty for all groups. */
  @Column('text', { array: true, nullable: true }) syncList: string[] | null;
  @Column('bigint', { nullable: true }) syncListVersion: number | null;
  /** The canonical names of the marked attributes. */
  @Column('text', { array: true }) profileAttributes: string[];
  /** The version of the integration at which the marked attributes were saved; 0 if there are none. */
  @Column('bigint') profileAttributesVersion: number;
}
