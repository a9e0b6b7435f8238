import { type Actor, type GrantEndReason, type GrantStatus } from '@tidegate/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ schema: 'access_flow', name: 'grants' })
export class GrantEntity {
  @PrimaryColumn('uuid') integrationId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('uuid') requestId: string;
  /** The flow of the request. */
  @Column('uuid') flowId: string;
  @Column('uuid') userId: string;
  @Column('uuid') groupId: string;
  @Column('text') status: GrantStatus;
  /** The user's count of deactivations, read under lock when the grant was created. A higher count ends the grant. */
  @Column('integer') deactivations: number;
  @Column('timestamptz') startsAt: Date;
  @Column('timestamptz') endsAt: Date;
  @Column('timestamptz') createdAt: Date;
  @Column('timestamptz', { nullable: true }) activatedAt: Date | null;
  @Column('timestamptz', { nullable: true }) revokingAt: Date | null;
  @Column('timestamptz', { nullable: true }) endedAt: Date | null;
  @Column('text', { nullable: true }) endReason: GrantEndReason | null;
  /** The reason that the actor of the end gave. */
  @Column('text', { nullable: true }) endComment: string | null;
  @Column('integer') version: number;
  /** Start plus the flow's maximum when the grant was created. Null for older grants, which cannot be extended. */
  @Column('timestamptz', { nullable: true }) maxEndsAt: Date | null;
  /** Whether SCIM had the user in the group before the grant. Null for older grants. */
  @Column('boolean', { nullable: true }) alreadyMember: boolean | null;
  /** Number of extensions. */
  @Column('integer') extensions: number;
  @Column('jsonb', { nullable: true }) extendedBy: Actor | null;
  @Column('jsonb', { nullable: true }) revokedBy: Actor | null;
}
