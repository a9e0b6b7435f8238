import { type Actor, type RequestStatus, type RequestStatusReason } from '@tidegate/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ schema: 'access_flow', name: 'requests' })
export class RequestEntity {
  @PrimaryColumn('uuid') integrationId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('uuid') flowId: string;
  @Column('uuid') userId: string;
  @Column('uuid') groupId: string;
  /** The user's count of deactivations when the request was created. A higher count cancels the request. */
  @Column('integer') deactivations: number;
  @Column('integer') durationSeconds: number;
  @Column('text', { nullable: true }) justification: string | null;
  @Column('text') status: RequestStatus;
  @Column('text', { nullable: true }) statusReason: RequestStatusReason | null;
  /** Null: no approval required. */
  @Column('uuid', { array: true, nullable: true }) approverIds: string[] | null;
  /** The grant of an approved request. */
  @Column('uuid', { nullable: true }) grantId: string | null;
  @Column('timestamptz') createdAt: Date;
  @Column('timestamptz') expiresAt: Date;
  @Column('integer') version: number;
  /** Whether none of the approvers can review it. Used only while the request is pending. */
  @Column('boolean') undecidable: boolean;
  /** Null for requests of releases that did not store it. */
  @Column('jsonb', { nullable: true }) requestedBy: Actor | null;
}
