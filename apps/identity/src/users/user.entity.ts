import { type ScimAttributes } from '@tidegate/scim';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The columns of a user that commands read. */
export class UserRow {
  @PrimaryColumn('uuid') integrationId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text') userName: string;
  @Column('text', { nullable: true }) displayName: string | null;
  @Column('text', { nullable: true }) externalId: string | null;
  @Column('boolean') active: boolean;
  /** The number of times the user became inactive or was deleted. */
  @Column('integer') deactivations: number;
  /** When the gateway received the newest write with `active: false`. */
  @Column('timestamptz', { nullable: true }) deactivatedReceivedAt: Date | null;
  /** The result of `parseResource`, always with `active`. */
  @Column('jsonb') attributes: ScimAttributes;
  @Column('bigint') version: number;
  @Column('timestamptz') createdAt: Date;
  @Column('timestamptz') lastModifiedAt: Date;
}

/** A user. The columns declared here are used only in conditions and for sorting, so commands do not read them. */
@Entity({ schema: 'identity', name: 'users' })
export class UserEntity extends UserRow {
  @Column('text') userNameKey: string;
  @Column('text', { nullable: true }) displayNameKey: string | null;
  /** The folded display name of the user as a member of groups. */
  @Column('text') shownNameKey: string;
  /** The first 256 characters of the folded names; Postgres generates them from `keys`. */
  @Column('text', { nullable: true }) givenNameKey: string | null;
  @Column('text', { nullable: true }) familyNameKey: string | null;
  /** For searches by prefix. Set by the database. */
  @Column('text', { nullable: true }) externalIdKey: string | null;
  /** The result of `comparisonKeys`. */
  @Column('jsonb') keys: ScimAttributes;
  /** The command that created the user. */
  @Column('uuid') commandId: string;
  /** The last commands that changed the user. */
  @Column('uuid', { array: true }) recentCommands: string[];
}

/** SQL for the columns of `UserStateRow` that a user and its tombstone have in common. */
export const STATE_COLUMNS = `id, user_name AS "userName", display_name AS "displayName", external_id AS "externalId",
  deactivations, version`;

/** The columns of a user that events contain. */
export type UserStateRow = Pick<
  UserRow,
  'id' | 'userName' | 'displayName' | 'externalId' | 'active' | 'deactivations' | 'version'
>;
