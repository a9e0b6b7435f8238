import { type ScimAttributes } from '@tidegate/scim';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The columns of a group that commands read. */
export class GroupRow {
  @PrimaryColumn('uuid') integrationId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text') displayName: string;
  @Column('text', { nullable: true }) externalId: string | null;
  /** The result of `parseResource`, without `members`. */
  @Column('jsonb') attributes: ScimAttributes;
  /** Whether the group is one of the groups to sync. */
  @Column('boolean') synced: boolean;
  /**
   * The version at which `synced` last changed. 1 for a group that was synced from its creation; 0 for a group that was
   * never synced, and for which no event was published.
   */
  @Column('bigint') syncVersion: number;
  @Column('bigint') version: number;
  @Column('timestamptz') createdAt: Date;
  @Column('timestamptz') lastModifiedAt: Date;
}

/** A group. The columns declared here are used only in conditions and for sorting, so commands do not read them. */
@Entity({ schema: 'identity', name: 'groups' })
export class GroupEntity extends GroupRow {
  @Column('text') displayNameKey: string;
  /** For searches by prefix. Set by the database. */
  @Column('text', { nullable: true }) externalIdKey: string | null;
  /** The result of `comparisonKeys`. */
  @Column('jsonb') keys: ScimAttributes;
  /** The command that created the group. */
  @Column('uuid') commandId: string;
  /** The last commands that changed the group. */
  @Column('uuid', { array: true }) recentCommands: string[];
}

/** SQL for the columns of a `GroupStateRow`. */
export const STATE_COLUMNS = `id, display_name AS "displayName", external_id AS "externalId", synced,
  sync_version AS "syncVersion", version`;

/** The columns of a group that events contain. */
export type GroupStateRow = Pick<GroupRow, 'id' | 'displayName' | 'externalId' | 'synced' | 'syncVersion' | 'version'>;
