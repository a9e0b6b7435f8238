import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type Scope } from '../callers/roles.js';

/** The columns of an API key that are shown. */
export class ShownApiKey {
  @PrimaryColumn('uuid') id: string;
  @Column('text') name: string;
  /** The last characters of the secret. */
  @Column('text') hint: string;
  /** Null: all. */
  @Column('text', { array: true, nullable: true }) scopes: Scope[] | null;
  /** Null: all, including future ones. */
  @Column('uuid', { array: true, nullable: true }) integrationIds: string[] | null;
  @Column('timestamptz') createdAt: Date;
  @Column('timestamptz', { nullable: true }) expiresAt: Date | null;
  @Column('timestamptz', { nullable: true }) lastUsedAt: Date | null;
}

@Entity({ schema: 'gateway', name: 'api_keys' })
export class ApiKeyEntity extends ShownApiKey {
  @Column('bytea') hash: Buffer;
  @Column('timestamptz', { nullable: true }) revokedAt: Date | null;
  /** The creator: `none` for the key of the first start, `root` for the configured key. */
  @Column('text') makerKind: 'none' | 'root' | 'key' | 'person';
  @Column('uuid', { nullable: true }) makerKeyId: string | null;
  @Column('text', { nullable: true }) makerIssuer: string | null;
  @Column('text', { nullable: true }) makerSubject: string | null;
  /** The item of `WARNING_DAYS` that was logged last. */
  @Column('integer', { nullable: true }) warnedDays: number | null;
}
