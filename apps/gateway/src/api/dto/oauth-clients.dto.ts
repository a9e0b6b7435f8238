import { ApiProperty, PickType } from '@nestjs/swagger';
import { type Actor } from '@tidegate/contracts';
import { type GrantType } from '../../oauth/oauth-clients.queries.js';
import { ActorProperty } from './actor.view.js';
import { TextField, TextsField } from './fields.js';

const GRANT_TYPES: readonly GrantType[] = ['authorization_code', 'client_credentials'];
const APP_NAME = "Okta's name of its app: the part between /app/ and /instance/ of its address in the admin console.";
/** What is the same whether it is form-encoded or not: clients differ in whether they encode it (RFC 6749 §2.3.1). */
const UNRESERVED = /^[\w.~-]+$/;

export class CreateSecret {
  @TextField({
    min: 32,
    max: 256,
    optional: true,
    pattern: UNRESERVED,
    description: 'A secret that is given to all customers of an app; one is made when absent.',
  })
  clientSecret?: string;
}

export class CreateOAuthClient extends CreateSecret {
  @TextField({ max: 100, optional: true, example: 'acme_tidegate_1', description: APP_NAME })
  appName?: string;

  @TextsField({
    max: 10,
    length: 1000,
    optional: true,
    description: "Redirect URIs besides Okta's, at origins that OAUTH_REDIRECT_ORIGINS lists.",
  })
  redirectUris?: string[];

  @TextField({
    max: 128,
    optional: true,
    pattern: UNRESERVED,
    description: 'A client id that is given to all customers of an app; one is made when absent.',
  })
  clientId?: string;
}

export class UpdateOAuthClient extends PickType(CreateOAuthClient, ['appName', 'redirectUris']) {}

export class ClientSecretView {
  @ApiProperty({ format: 'uuid' })
  id: string;
  @ApiProperty({ description: 'The last characters of the secret.' })
  hint: string;
  @ApiProperty({ format: 'date-time' })
  createdAt: string;
  @ActorProperty('The actor that made it.')
  createdBy: Actor | null;
}

export class NewClientSecretView extends ClientSecretView {
  @ApiProperty({ description: 'The secret itself: shown this once.' })
  clientSecret: string;
}

export class OAuthClientView {
  @ApiProperty()
  clientId: string;
  @ApiProperty({
    enum: GRANT_TYPES,
    description: 'How it gets its tokens: by the consent of an administrator (Okta), or by its secret alone (others).',
  })
  grantType: string;
  @ApiProperty({ type: String, nullable: true, description: APP_NAME })
  appName: string | null;
  @ApiProperty({ type: [String], description: 'Every address that a browser may be sent back to.' })
  redirectUris: string[];
  @ApiProperty({ type: [ClientSecretView] })
  secrets: ClientSecretView[];
  @ApiProperty({ description: 'Where Okta sends the administrator.' })
  authorizeUrl: string;
  @ApiProperty({ description: 'Where tokens are had.' })
  tokenUrl: string;
  @ApiProperty({ format: 'date-time' })
  createdAt: string;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When SCIM was last spoken with a token of this client.',
  })
  lastUsedAt: string | null;
  @ActorProperty('The actor that made it.')
  createdBy: Actor | null;
  @ActorProperty('The actor that changed it last.')
  updatedBy: Actor | null;
}

export class NewOAuthClientView extends OAuthClientView {
  @ApiProperty({ description: 'The secret itself: shown this once.' })
  clientSecret: string;
}
