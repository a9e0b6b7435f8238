import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An integration whose users log in with the provider. */
@Entity({ schema: 'gateway', name: 'login_provider_integrations' })
export class LoginProviderIntegrationEntity {
  @PrimaryColumn('uuid') integrationId: string;
  @Column('uuid') providerId: string;
}
