import { type UserProfile } from '@tidegate/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The profile of a user. The state with the higher (`version`, `attributesVersion`) is newer. */
@Entity({ schema: 'access_flow', name: 'user_profiles' })
export class UserProfileEntity {
  @PrimaryColumn('uuid') integrationId: string;
  @PrimaryColumn('uuid') userId: string;
  @Column('bigint') version: number;
  @Column('bigint') attributesVersion: number;
  /** Attributes that access rules can use. */
  @Column('jsonb') attributes: UserProfile['attributes'];
  /** The keys by which managers are found: see `managerKeys`. */
  @Column('text', { nullable: true }) managerValue: string | null;
  @Column('text', { nullable: true }) managerKey: string | null;
  @Column('text', { nullable: true }) emailKey: string | null;
  @Column('text', { nullable: true }) employeeNumber: string | null;
}
