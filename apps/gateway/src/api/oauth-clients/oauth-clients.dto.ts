import { ApiProperty, PickType } from '@nestjs/swagger';
import { type NamedActor } from '@tidegate/contracts';
import { ActorProperty } from '@tidegate/contracts/dto';
import { GRANT_TYPES } from '../common/closed-sets.js';
import { StringField, StringsField } from '@tidegate/contracts/dto';
import { OneOf, Text, Texts, Timestamp, Uuid } from '@tidegate/contracts/dto';

const NULLABLE = { nullable: true } as const;
const APP_NAME = 'Name of the Okta app: the part between /app/ and /instance/ in its admin console URL.';
/** Unaffected by form encoding, which not all clients apply to credentials (RFC 6749 §2.3.1). */
const UNRESERVED = /^[\w.~-]+$/;

export class CreateSecret {
  @StringField({
    min: 32,
    max: 256,
    optional: true,
    pattern: UNRESERVED,
    description: 'A secret shared by all customers of an app. Generated when absent.',
  })
  clientSecret?: string;
}

export class CreateOAuthClient extends CreateSecret {
  @StringField({ max: 100, optional: true, example: 'acme_tidegate_1', description: APP_NAME })
  appName?: string;

  @StringsField({
    max: 10,
    length: 1000,
    optional: true,
    description: "Redirect URIs besides Okta's. Their origins must be listed in OAUTH_REDIRECT_ORIGINS.",
  })
  redirectUris?: string[];

  @StringField({
    max: 128,
    optional: true,
    pattern: UNRESERVED,
    description: 'A client id shared by all customers of an app. Generated when absent.',
  })
  clientId?: string;
}

export class UpdateOAuthClient extends PickType(CreateOAuthClient, ['appName', 'redirectUris']) {}

export class ClientSecretView {
  @Uuid() id: string;
  @Text('Last characters of the secret.') hint: string;
  @Timestamp() createdAt: string;
  @ActorProperty('The actor that created it.') createdBy: NamedActor | null;
}

export class NewClientSecretView extends ClientSecretView {
  @Text('The secret. It is returned only once.') clientSecret: string;
}

export class OAuthClientView {
  @Text() clientId: string;
  @OneOf(
    GRANT_TYPES,
    'How the client obtains tokens: with the consent of an administrator (Okta), or with its secret only (others).',
  )
  grantType: string;
  @Text(APP_NAME, NULLABLE) appName: string | null;
  @Texts('All allowed redirect URIs.') redirectUris: string[];
  @ApiProperty({ type: [ClientSecretView] }) secrets: ClientSecretView[];
  @Text('Authorization endpoint.') authorizeUrl: string;
  @Text('Token endpoint.') tokenUrl: string;
  @Timestamp() createdAt: string;
  @Timestamp('Time of the last SCIM call with a token of this client.', NULLABLE) lastUsedAt: string | null;
  @ActorProperty('The actor that created it.') createdBy: NamedActor | null;
  @ActorProperty('The actor that last changed it.') updatedBy: NamedActor | null;
}

export class NewOAuthClientView extends OAuthClientView {
  @Text('The secret. It is returned only once.') clientSecret: string;
}
