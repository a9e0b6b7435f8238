import { type Actor } from '@tidegate/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type Role } from '../callers/roles.js';

/** The columns of a role assignment that are shown. */
export class ShownRoleAssignment {
  @PrimaryColumn('uuid') id: string;
  /** Issuer and subject are the identity of the role, fixed at the assignment. */
  @Column('text') issuer: string;
  @Column('text') subject: string;
  /** The integration whose directory can end the role; null for none. */
  @Column('uuid', { nullable: true }) integrationId: string | null;
  /** The user to whom the role was assigned; null when it was assigned to the identity. */
  @Column('uuid', { nullable: true }) userId: string | null;
  @Column('text') role: Role;
  /** Null: all, including future ones. */
  @Column('uuid', { array: true, nullable: true }) integrationIds: string[] | null;
  @Column('timestamptz') createdAt: Date;
  /** When the directory deactivated the person; null before. */
  @Column('timestamptz', { nullable: true }) endedAt: Date | null;
  /** Null for assignments from before actors were stored. */
  @Column('jsonb', { nullable: true }) createdBy: Actor | null;
}

@Entity({ schema: 'gateway', name: 'role_assignments' })
export class RoleAssignmentEntity extends ShownRoleAssignment {
  /** Version of the user in that integration at the assignment; 0 without a user. */
  @Column('bigint') userVersion: number;
}
