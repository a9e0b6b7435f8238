import { type Actor, type ReviewRecord } from '@tidegate/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ schema: 'access_flow', name: 'reviews' })
export class ReviewEntity {
  @PrimaryColumn('uuid') integrationId: string;
  @PrimaryColumn('uuid') requestId: string;
  @PrimaryColumn('uuid') reviewerId: string;
  @Column('text') verdict: ReviewRecord['verdict'];
  @Column('text', { nullable: true }) comment: string | null;
  @Column('timestamptz') createdAt: Date;
  /** Null for reviews of releases that did not store it. */
  @Column('jsonb', { nullable: true }) reviewedBy: Actor | null;
}
