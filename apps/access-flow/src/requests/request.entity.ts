import { type Actor, type RequestKind, type RequestStatus, type RequestStatusReason } from '@tidegate/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type ReviewEntity } from './review.entity.js';

@Entity({ schema: 'access_flow', name: 'requests' })
export class RequestEntity {
  @PrimaryColumn('uuid') integrationId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text') kind: RequestKind;
  @Column('uuid') flowId: string;
  /** The version of the flow whose steps it follows. Null for decided requests of releases that did not store it. */
  @Column('integer', { nullable: true }) flowVersion: number | null;
  @Column('uuid') userId: string;
  @Column('uuid') groupId: string;
  /** The user's count of deactivations when the request was created. A higher count cancels the request. */
  @Column('integer') deactivations: number;
  @Column('integer') durationSeconds: number;
  /** The shortest duration that an approval allowed; null if none was shorter than the requested one. */
  @Column('integer', { nullable: true }) approvedSeconds: number | null;
  /** The requested start; null: when it is approved. */
  @Column('timestamptz', { nullable: true }) startsAt: Date | null;
  @Column('text', { nullable: true }) justification: string | null;
  @Column('text') status: RequestStatus;
  @Column('text', { nullable: true }) statusReason: RequestStatusReason | null;
  /** How often its approval has started again. Only reviews of this round count. */
  @Column('integer') round: number;
  /** The index of the open step. Kept after the decision; null without steps. */
  @Column('integer', { nullable: true }) step: number | null;
  @Column('timestamptz', { nullable: true }) stepOpenedAt: Date | null;
  /** Whether the time of the open step's escalation has passed. */
  @Column('boolean') escalated: boolean;
  /** Whether no user can decide the open step, only administrators. Used only while the request is pending. */
  @Column('boolean') undecidable: boolean;
  /** The grant of an approved request, or the grant to extend. */
  @Column('uuid', { nullable: true }) grantId: string | null;
  @Column('timestamptz') createdAt: Date;
  @Column('timestamptz') expiresAt: Date;
  @Column('integer') version: number;
  /** Null for requests of releases that did not store it. */
  @Column('jsonb', { nullable: true }) requestedBy: Actor | null;
  @Column('text', { nullable: true }) idempotencyKey: string | null;
  /** Hash of the data with which the key was used. */
  @Column('text', { nullable: true }) idempotencyHash: string | null;
}

/** A locked request with its reviews. */
export interface LockedRequest extends RequestEntity {
  reviews: ReviewEntity[];
  /** Whether its time is over by the database's clock. */
  isOver: boolean;
}
