import { type Actor, type FlowRules } from '@tidegate/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The settings that have no column of their own. */
export type StoredRules = Omit<FlowRules, 'name' | 'enabled' | 'priority' | 'groupIds'>;

@Entity({ schema: 'access_flow', name: 'flows' })
export class FlowEntity {
  @PrimaryColumn('uuid') integrationId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text') name: string;
  /** The folded name, unique in the integration. */
  @Column('text') nameKey: string;
  @Column('boolean') enabled: boolean;
  @Column('integer') priority: number;
  @Column('uuid', { array: true }) groupIds: string[];
  @Column('jsonb') rules: StoredRules;
  /** The counts of deactivations of the named users, by id, when the flow named them. A higher count ends their role. */
  @Column('jsonb') namedUsers: Record<string, number>;
  /** The groups of the condition, to find the flows that a change of their members affects. */
  @Column('uuid', { array: true }) conditionGroupIds: string[];
  /** The groups whose members are approvers. */
  @Column('uuid', { array: true }) approverGroupIds: string[];
  /** The users that the condition, the steps and the owners name. */
  @Column('uuid', { array: true }) userIds: string[];
  @Column('integer') version: number;
  @Column('timestamptz') createdAt: Date;
  /** Null for flows of releases that did not store it. */
  @Column('jsonb', { nullable: true }) createdBy: Actor | null;
  /** Null if there was no change of settings. */
  @Column('jsonb', { nullable: true }) updatedBy: Actor | null;
}
