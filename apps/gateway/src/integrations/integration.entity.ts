import { type Actor, type IntegrationStatus, type ManagerAttribute } from '@tidegate/contracts';
import { type Dialect, type ScimProfile } from '@tidegate/scim';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type StatusCode } from './lifecycle.rule.js';

@Entity({ schema: 'gateway', name: 'integrations' })
export class IntegrationEntity {
  @PrimaryColumn('uuid') id: string;
  /** A type in the catalog. */
  @Column('text') type: string;
  @Column('text') name: string;
  /** See the function `nameKey`. */
  @Column('text') nameKey: string;
  /** Domain of the organization; null if the type does not require it and none is given. */
  @Column('text', { nullable: true }) domain: string | null;
  @Column('text', { array: true }) groupsToSync: string[];
  /** Version at the last save of `groupsToSync`. */
  @Column('bigint') groupsToSyncVersion: number;
  @Column('text') dialect: Dialect;
  @Column('jsonb') extensions: ScimProfile['extensions'];
  /** The version under which the set of extension attributes with `usableInRules` changed last; 0: never. */
  @Column('bigint') profileAttributesVersion: number;
  /** The attribute of managers that `manager.value` of users contains; null if managers are not resolved. */
  @Column('text', { nullable: true }) managerAttribute: ManagerAttribute | null;
  /** Seconds without a call until the status becomes `disconnected`; 0 means never. */
  @Column('integer') disconnectedAfterSeconds: number;
  @Column('text') status: IntegrationStatus;
  @Column('timestamptz') statusSince: Date;
  @Column('text') statusCode: StatusCode;
  @Column('text') statusDetail: string;
  /** Time of the first authenticated SCIM call. */
  @Column('timestamptz', { nullable: true }) connectedAt: Date | null;
  /** Time of the last authenticated SCIM call, to the minute. */
  @Column('timestamptz', { nullable: true }) lastSeenAt: Date | null;
  /** Pending requests that no user can decide, as last reported by access-flow. */
  @Column('integer') undecidableRequests: number;
  /** Users and groups with missed calls: refused while it was disabled, and not repeated since. */
  @Column('integer') missedCalls: number;
  /** Missed calls before this id of the provisioning log are dismissed. */
  @Column('uuid', { nullable: true }) missedCallsAfter: string | null;
  /** Number of times it was disabled. */
  @Column('integer') disablements: number;
  @Column('bigint') version: number;
  @Column('timestamptz') createdAt: Date;
  /** Null for rows older than actors. */
  @Column('jsonb', { nullable: true }) createdBy: Actor | null;
  /** Actor of the last change by an administrator. */
  @Column('jsonb', { nullable: true }) updatedBy: Actor | null;
}
