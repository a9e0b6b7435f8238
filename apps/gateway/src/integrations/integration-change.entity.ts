import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * A change of an integration; its current state is in its row. Without row-level security, because event streams read it
 * before access is checked.
 */
@Entity({ schema: 'gateway', name: 'integration_changes' })
export class IntegrationChangeEntity {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid') integrationId: string;
  /** The name of the event. */
  @Column('text') kind: string;
  @Column('bigint') version: number;
  @Column('timestamptz') at: Date;
}
