import { ApiProperty, PickType } from '@nestjs/swagger';
import { type Actor } from '@tidegate/contracts';
import { type GrantType } from '../../oauth/oauth-clients.queries.js';
import { ActorProperty } from './actor.view.js';
import { StringField, StringsField } from './fields.js';

const GRANT_TYPES: readonly GrantType[] = ['authorization_code', 'client_credentials'];
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
  @ApiProperty({ format: 'uuid' })
  id: string;
  @ApiProperty({ description: 'Last characters of the secret.' })
  hint: string;
  @ApiProperty({ format: 'date-time' })
  createdAt: string;
  @ActorProperty('The actor that created it.')
  createdBy: Actor | null;
}

export class NewClientSecretView extends ClientSecretView {
  @ApiProperty({ description: 'The secret. It is returned only once.' })
  clientSecret: string;
}

export class OAuthClientView {
  @ApiProperty()
  clientId: string;
  @ApiProperty({
    enum: GRANT_TYPES,
    description:
      'How the client obtains tokens: with the consent of an administrator (Okta), or with its secret only (others).',
  })
  grantType: string;
  @ApiProperty({ type: String, nullable: true, description: APP_NAME })
  appName: string | null;
  @ApiProperty({ type: [String], description: 'All allowed redirect URIs.' })
  redirectUris: string[];
  @ApiProperty({ type: [ClientSecretView] })
  secrets: ClientSecretView[];
  @ApiProperty({ description: 'Authorization endpoint.' })
  authorizeUrl: string;
  @ApiProperty({ description: 'Token endpoint.' })
  tokenUrl: string;
  @ApiProperty({ format: 'date-time' })
  createdAt: string;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Time of the last SCIM call with a token of this client.',
  })
  lastUsedAt: string | null;
  @ActorProperty('The actor that created it.')
  createdBy: Actor | null;
  @ActorProperty('The actor that last changed it.')
  updatedBy: Actor | null;
}

export class NewOAuthClientView extends OAuthClientView {
  @ApiProperty({ description: 'The secret. It is returned only once.' })
  clientSecret: string;
}
