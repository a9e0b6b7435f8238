import { type Actor } from '@tidegate/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ schema: 'gateway', name: 'oauth_clients' })
export class OAuthClientEntity {
  @PrimaryColumn('uuid') integrationId: string;
  @Column('text') clientId: string;
  /** Okta uses the authorization code with the consent of an administrator, Entra ID client credentials. */
  @Column('text') grantType: 'authorization_code' | 'client_credentials';
  /** The Okta name of the app; determines its redirect URIs. */
  @Column('text', { nullable: true }) appName: string | null;
  /** Additional redirect URIs. */
  @Column('text', { array: true }) redirectUris: string[];
  @Column('timestamptz') createdAt: Date;
  @Column('timestamptz', { nullable: true }) lastUsedAt: Date | null;
  /** Null for clients from before actors were stored. */
  @Column('jsonb', { nullable: true }) createdBy: Actor | null;
  /** The actor of the last change. */
  @Column('jsonb', { nullable: true }) updatedBy: Actor | null;
}
