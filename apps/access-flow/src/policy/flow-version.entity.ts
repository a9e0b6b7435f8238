import { type Actor, type FlowRules } from '@tidegate/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The settings of a flow that a save created. Kept after the deletion of the flow. */
@Entity({ schema: 'access_flow', name: 'flow_versions' })
export class FlowVersionEntity {
  @PrimaryColumn('uuid') integrationId: string;
  @PrimaryColumn('uuid') flowId: string;
  @PrimaryColumn('integer') version: number;
  @Column('jsonb') settings: FlowRules;
  /** Null for flows of releases that did not store it. */
  @Column('jsonb', { nullable: true }) savedBy: Actor | null;
  @Column('timestamptz') savedAt: Date;
}
