import { ApiProperty, PartialType, PickType } from '@nestjs/swagger';
import { type Actor } from '@tidegate/contracts';
import { ActorProperty } from '@tidegate/contracts/dto';
import { IdsField, MAX_INTEGRATIONS, StringField } from '@tidegate/contracts/dto';
import { Text, Timestamp, Uuid, Uuids } from '@tidegate/contracts/dto';
import { IntegrationRef } from '../common/integration-ref.dto.js';

export class CreateLoginProvider {
  @StringField({ max: 1000, example: 'https://example.okta.com', description: 'The OpenID Connect issuer.' })
  issuer: string;
  @StringField({ max: 255, description: 'Client id at the issuer.' })
  clientId: string;
  @StringField({ max: 1000, description: 'Client secret at the issuer. Never returned.' })
  clientSecret: string;
  @StringField({ max: 64, example: 'Okta', description: 'Text of the login button: Sign in with …' })
  label: string;
  @IdsField({
    max: MAX_INTEGRATIONS,
    optional: true,
    description: 'Integrations whose users log in with this provider.',
  })
  integrationIds?: string[];
}

export class UpdateLoginProvider extends PartialType(
  PickType(CreateLoginProvider, ['clientId', 'clientSecret', 'label', 'integrationIds']),
  { skipNullProperties: false },
) {
  @StringField({
    max: 64,
    optional: true,
    description:
      'Label of the provider before the change. Required when `integrationIds` ends the logins of users, or roles, or stops ' +
      'API keys.',
  })
  confirm?: string;
}

export class ProviderConfirmation {
  @StringField({
    max: 64,
    optional: true,
    description: 'Label of the provider. Required when the deletion ends sessions, roles or API keys.',
  })
  confirm?: string;
}

export class LoginProviderView {
  @Uuid() id: string;
  @Text('The OpenID Connect issuer.') issuer: string;
  @Text('Client id at the issuer.') clientId: string;
  @Text('Text of the login button: Sign in with …') label: string;
  @Uuids('Integrations whose users log in with this provider.') integrationIds: string[];
  @ApiProperty({ type: [IntegrationRef], description: 'Those of `integrationIds`.' }) integrations: IntegrationRef[];
  @Text('Redirect URI to register at the provider. Unique to each provider.') redirectUri: string;
  @Timestamp() createdAt: string;
  @ActorProperty('The actor that created it.') createdBy: Actor | null;
  @ActorProperty('The actor that last changed it.') updatedBy: Actor | null;
}
