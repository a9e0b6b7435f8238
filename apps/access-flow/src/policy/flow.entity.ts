import { type Actor } from '@tidegate/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ schema: 'access_flow', name: 'flows' })
export class FlowEntity {
  @PrimaryColumn('uuid') integrationId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text') name: string;
  /** The folded name, unique in the integration. */
  @Column('text') nameKey: string;
  @Column('boolean') enabled: boolean;
  /** Null: everyone is eligible. An empty list: no user is. */
  @Column('uuid', { array: true, nullable: true }) requesterGroupIds: string[] | null;
  @Column('uuid', { array: true }) groupIds: string[];
  @Column('integer') maxDurationSeconds: number;
  /** Null: automatic approval. An empty list: requests need a review and no approver is left. */
  @Column('uuid', { array: true, nullable: true }) approverIds: string[] | null;
  @Column('integer') version: number;
  @Column('timestamptz') createdAt: Date;
  /** Null for flows of releases that did not store it. */
  @Column('jsonb', { nullable: true }) createdBy: Actor | null;
  /** Null if there was no change of settings. */
  @Column('jsonb', { nullable: true }) updatedBy: Actor | null;
}
