import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ schema: 'gateway', name: 'sessions' })
export class SessionEntity {
  @PrimaryColumn('uuid') id: string;
  /** Hash of its secret. */
  @Column('bytea') hash: Buffer;
  @Column('text') issuer: string;
  @Column('text') subject: string;
  /** Hash of the API key that opened it; the session ends with the key. */
  @Column('bytea', { nullable: true }) keyHash: Buffer | null;
  @Column('timestamptz') createdAt: Date;
  @Column('timestamptz') authenticatedAt: Date;
  @Column('timestamptz') lastUsedAt: Date;
  @Column('timestamptz') expiresAt: Date;
}
