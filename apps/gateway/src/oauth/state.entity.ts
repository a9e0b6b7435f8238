import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An object of `oidc-provider`. Values for lookups are columns, ids are keyed hashes, and the rest is encrypted. */
@Entity({ schema: 'gateway', name: 'oauth_states' })
export class StateEntity {
  @PrimaryColumn('uuid') integrationId: string;
  @PrimaryColumn('bytea') key: Buffer;
  @Column('text') model: string;
  @Column('bytea') payload: Buffer;
  @Column('bytea', { nullable: true }) uid: Buffer | null;
  /** The key of its grant. */
  @Column('bytea', { nullable: true }) grantKey: Buffer | null;
  /** The refresh token from which a token was issued. */
  @Column('bytea', { nullable: true }) parentKey: Buffer | null;
  @Column('timestamptz') createdAt: Date;
  @Column('timestamptz', { nullable: true }) consumedAt: Date | null;
  @Column('timestamptz') expiresAt: Date;
  /** The network of the request. */
  @Column('text', { nullable: true }) network: string | null;
  /** Number of uses of a refresh token. */
  @Column('integer') uses: number;
}
