import { type Actor, type ApproverSourceKind, type Verdict } from '@tidegate/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type Entry } from '../approval/quorum.rule.js';

/** An entry of a step to which a reviewer belonged. */
export interface ReviewEntry extends Entry {
  source: ApproverSourceKind;
}

@Entity({ schema: 'access_flow', name: 'reviews' })
export class ReviewEntity {
  @PrimaryColumn('uuid') integrationId: string;
  @PrimaryColumn('uuid') requestId: string;
  @PrimaryColumn('integer') round: number;
  @PrimaryColumn('integer') step: number;
  /** The id of the user who reviewed, or `reviewerKeyOf` an administrator without a user. */
  @PrimaryColumn('text') reviewerKey: string;
  @Column('uuid', { nullable: true }) reviewerId: string | null;
  @Column('text') verdict: Verdict;
  /** What made the reviewer an approver. Stored, because the steps of the flow can change. */
  @Column('jsonb') entries: ReviewEntry[];
  @Column('text', { nullable: true }) comment: string | null;
  /** A duration shorter than the requested one. */
  @Column('integer', { nullable: true }) durationSeconds: number | null;
  @Column('timestamptz') createdAt: Date;
  /** Null for reviews of releases that did not store it. */
  @Column('jsonb', { nullable: true }) reviewedBy: Actor | null;
}
