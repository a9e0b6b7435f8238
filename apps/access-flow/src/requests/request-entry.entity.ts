import { type Actor, type RequestEntryKind } from '@tidegate/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What happened to a request, for its timeline. */
@Entity({ schema: 'access_flow', name: 'request_entries' })
export class RequestEntryEntity {
  @PrimaryColumn('uuid') integrationId: string;
  @PrimaryColumn('uuid') requestId: string;
  /** UUIDv7: the order of the entries. */
  @PrimaryColumn('uuid') id: string;
  @Column('text') kind: RequestEntryKind;
  @Column('jsonb') actor: Actor;
  @Column('jsonb') data: Record<string, unknown>;
  @Column('timestamptz') createdAt: Date;
}
