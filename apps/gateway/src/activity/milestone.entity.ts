import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type Milestone } from './operation.rule.js';

/** When a milestone of an integration was first and last reached. Kept longer than the provisioning log. */
@Entity({ schema: 'gateway', name: 'provisioning_milestones' })
export class MilestoneEntity {
  @PrimaryColumn('uuid') integrationId: string;
  @PrimaryColumn('text') milestone: Milestone;
  @Column('timestamptz') firstAt: Date;
  @Column('timestamptz') lastAt: Date;
}
