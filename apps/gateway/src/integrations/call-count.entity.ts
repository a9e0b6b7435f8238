import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Outcomes of the calls of one integration in one minute. */
@Entity({ schema: 'gateway', name: 'call_counts' })
export class CallCountEntity {
  @PrimaryColumn('uuid') integrationId: string;
  @PrimaryColumn('timestamptz') minute: Date;
  @Column('integer') calls: number;
  /** Calls with the response 429 or 5xx. */
  @Column('integer') failures: number;
  /** Calls refused as invalid. */
  @Column('integer') refusals: number;
  /** Calls with a revoked or expired token; not included in `calls`. */
  @Column('integer') refusedCredentials: number;
}
