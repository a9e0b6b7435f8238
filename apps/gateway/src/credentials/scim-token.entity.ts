import { type Actor } from '@tidegate/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The columns of a SCIM token that are shown. */
export class ShownScimToken {
  @PrimaryColumn('uuid') id: string;
  /** Last characters of the token, to recognize it. */
  @Column('text') hint: string;
  @Column('text', { nullable: true }) description: string | null;
  @Column('timestamptz') createdAt: Date;
  /** Null if it never expires. */
  @Column('timestamptz', { nullable: true }) expiresAt: Date | null;
  @Column('timestamptz', { nullable: true }) lastUsedAt: Date | null;
  /** Network of its last use. */
  @Column('text', { nullable: true }) lastUsedFrom: string | null;
  /** The token that replaces it. */
  @Column('uuid', { nullable: true }) successorId: string | null;
  /** Null for rows older than actors. */
  @Column('jsonb', { nullable: true }) createdBy: Actor | null;
}

@Entity({ schema: 'gateway', name: 'scim_tokens' })
export class ScimTokenEntity extends ShownScimToken {
  @Column('uuid') integrationId: string;
  @Column('bytea') hash: Buffer;
  /** Newer tokens have a keyed hash and are looked up by id, older ones by hash. */
  @Column('text') hashKind: 'sha256' | 'hmac';
  @Column('timestamptz', { nullable: true }) revokedAt: Date | null;
  /** The item of `WARNING_DAYS` that was logged last. */
  @Column('integer', { nullable: true }) warnedDays: number | null;
}
