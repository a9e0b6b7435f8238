import { type ManagerAttribute } from '@tidegate/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An integration, without row-level security, because workers list all integrations. */
@Entity({ schema: 'access_flow', name: 'integrations' })
export class IntegrationEntity {
  @PrimaryColumn('uuid') id: string;
  @Column('boolean') removed: boolean;
  /** The version of the newest event. */
  @Column('bigint') version: number;
  @Column('boolean') disabled: boolean;
  /** The number of times it was disabled. */
  @Column('integer') disablements: number;
  /** The attribute of managers that `manager.value` of users contains; null if managers are not resolved. */
  @Column('text', { nullable: true }) managerAttribute: ManagerAttribute | null;
  /** `PROJECTION_VERSION` at the last rebuild. If it is lower than the current one, a rebuild is due. */
  @Column('integer') projectionVersion: number;
}
