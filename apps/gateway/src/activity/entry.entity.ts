import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type Credential } from '../callers/caller.js';
import { type LoggedType, type Operation, type Result } from './operation.rule.js';

/** An entry of the provisioning log. It refers to users and groups by id only; their data is in identity. */
@Entity({ schema: 'gateway', name: 'provisioning_log' })
export class EntryEntity {
  /** UUIDv7 with the time of the response. */
  @PrimaryColumn('uuid') id: string;
  @Column('uuid') integrationId: string;
  @Column('text') operation: Operation;
  @Column('text', { nullable: true }) resourceType: LoggedType | null;
  @Column('uuid', { nullable: true }) targetId: string | null;
  /** Keyed hash of the name of the target, for searches by name. */
  @Column('bytea', { nullable: true }) nameHash: Buffer | null;
  @Column('text') result: Result;
  /** HTTP status of the response. */
  @Column('integer') status: number;
  @Column('text', { nullable: true }) scimType: string | null;
  /** The error message of a refused or failed call. */
  @Column('text', { nullable: true }) detail: string | null;
  @Column('real') durationMs: number;
  @Column('text') requestId: string;
  @Column('text') credentialKind: Credential['kind'];
  @Column('text') credentialId: string;
  /** The network of the caller. */
  @Column('text', { nullable: true }) clientNetwork: string | null;
}
