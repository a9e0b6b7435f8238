import { type Actor } from '@tidegate/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ schema: 'gateway', name: 'oauth_client_secrets' })
export class ClientSecretEntity {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid') integrationId: string;
  @Column('bytea') hash: Buffer;
  /** The last characters of the secret. */
  @Column('text') hint: string;
  @Column('timestamptz') createdAt: Date;
  /** Null for secrets from before actors were stored. */
  @Column('jsonb', { nullable: true }) createdBy: Actor | null;
}
