import { ApiProperty, PartialType, PickType } from '@nestjs/swagger';
import { KEY_STATUSES, type KeyStatus } from '../../auth/api-key.rule.js';
import { ROLES, type Role, SCOPE_NAMES, type Scope } from '../../callers/roles.js';
import { type Actor } from '@tidegate/contracts';
import { ActorProperty } from '../common/actor.view.js';
import { MAKER_KINDS } from '../common/closed-sets.js';
import { ChoiceField, ChoicesField, IdField, IdsField, TimestampField, StringField } from '../common/fields.js';
import { OneOf, SomeOf, Text, Timestamp, Uuid, Uuids } from '../common/properties.js';

const NULLABLE = { nullable: true } as const;
const OPTIONAL = { optional: true } as const;

/** Requests all scopes. */
export const ALL_SCOPES = 'all';
const MAX_INTEGRATIONS = 1_000;

export class CreateApiKey {
  @StringField({ max: 100, description: 'Purpose of the key.' })
  name: string;
  @ChoicesField([ALL_SCOPES, ...SCOPE_NAMES], {
    description: 'Scopes of the key. `all` must be the only item; it means all scopes except `access:review-as`.',
  })
  scopes: (Scope | typeof ALL_SCOPES)[];
  @IdsField({
    min: 1,
    max: MAX_INTEGRATIONS,
    optional: true,
    description: 'Integrations where it applies; all when absent.',
  })
  integrationIds?: string[];
  @TimestampField({
    optional: true,
    nullable: true,
    description:
      'Expiry, at most ten years ahead. Defaults to 90 days, or to the expiry of the creating key if that is sooner. ' +
      'Null: never expires.',
  })
  expiresAt?: string | null;
}

class MakerView {
  @OneOf(MAKER_KINDS) kind: 'person' | 'apiKey';
  @Text('For `person`: issuer of the login provider.', OPTIONAL) issuer?: string;
  @Text('For `person`: subject at that issuer.', OPTIONAL) subject?: string;
  @Text('For `apiKey`; `configured` is the root key in TIDEGATE_API_KEY.', OPTIONAL) keyId?: string;
}

export class ApiKeyView {
  @Uuid() id: string;
  @Text('Purpose of the key.') name: string;
  @Text('Last characters of the key.') hint: string;
  @SomeOf([ALL_SCOPES, ...SCOPE_NAMES], '`all` means all scopes except `access:review-as`.') scopes: string[];
  @Uuids('Null: all integrations.', NULLABLE) integrationIds: string[] | null;
  @ApiProperty({
    type: MakerView,
    nullable: true,
    description:
      'Creator of the key. The key stops working within a second once the scopes of its creator no longer cover it. ' +
      'Null: the root key created at first start, which works until it is deleted.',
  })
  maker: MakerView | null;
  @OneOf(
    KEY_STATUSES,
    '`expiring`: expires within 14 days. `suspended`: refused, because its creator was deactivated, lost the scopes of ' +
      'the key, or is a key that has ended. The key works again when that changes or someone takes it over.',
  )
  status: KeyStatus;
  @Timestamp() createdAt: string;
  @Timestamp('Null: never expires.', NULLABLE) expiresAt: string | null;
  @Timestamp(undefined, NULLABLE) lastUsedAt: string | null;
}

export class NewApiKeyView extends ApiKeyView {
  @Text('The key. It is returned only once.') key: string;
}

export class CreateRoleAssignment {
  @StringField({ max: 1000, optional: true, description: 'Issuer of a login provider. Requires `subject`.' })
  issuer?: string;
  @StringField({ max: 255, optional: true, description: 'Subject at that issuer. In Okta: the id of the user.' })
  subject?: string;
  @IdField({
    optional: true,
    nullable: true,
    description:
      'Integration whose directory ends the role, when the user is deactivated or deleted there. Null: no directory ends ' +
      'it. Defaults to the integration of the issuer; required when the issuer has several.',
  })
  integrationId?: string | null;
  @IdField({
    optional: true,
    description:
      'An active user of that integration, instead of issuer and subject. They are resolved once, at creation. ' +
      'Requires `integrationIds` to contain only that integration.',
  })
  userId?: string;
  @ChoiceField(ROLES, { description: 'Each role includes the previous ones.' })
  role: Role;
  @IdsField({
    min: 1,
    max: MAX_INTEGRATIONS,
    optional: true,
    description: 'Integrations where it applies; all when absent.',
  })
  integrationIds?: string[];
}

export class RoleAssignmentView {
  @Uuid() id: string;
  @Text('Issuer of the login provider.') issuer: string;
  @Text('Subject at that issuer.') subject: string;
  @Uuid('Integration whose directory ends the role; null if none does.', NULLABLE) integrationId: string | null;
  @Uuid('Directory user the role was assigned to; null if assigned to an identity.', NULLABLE) userId: string | null;
  @OneOf(ROLES) role: Role;
  @Uuids('Null: all integrations.', NULLABLE) integrationIds: string[] | null;
  @ApiProperty({
    description: 'False once the role has ended, or the issuer is no longer a login provider of `integrationId`.',
  })
  effective: boolean;
  @Timestamp() createdAt: string;
  @Timestamp(
    'When the user was deactivated or deleted. An ended role stays ended until it is assigned again.',
    NULLABLE,
  )
  endedAt: string | null;
  @ActorProperty('The actor that assigned it.') createdBy: Actor | null;
}

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
) {}

export class LoginProviderView {
  @Uuid() id: string;
  @Text('The OpenID Connect issuer.') issuer: string;
  @Text('Client id at the issuer.') clientId: string;
  @Text('Text of the login button: Sign in with …') label: string;
  @Uuids('Integrations whose users log in with this provider.') integrationIds: string[];
  @Text('Redirect URI to register at the provider. Unique to each provider.') redirectUri: string;
  @Timestamp() createdAt: string;
  @ActorProperty('The actor that created it.') createdBy: Actor | null;
  @ActorProperty('The actor that last changed it.') updatedBy: Actor | null;
}

export class SessionView {
  @Uuid() id: string;
  @ApiProperty({ description: 'Whether this is the session of the call.' }) current: boolean;
  @Timestamp() createdAt: string;
  @Timestamp() lastUsedAt: string;
  @Timestamp() expiresAt: string;
}

class ReachView {
  @Uuids('Null: all integrations.', NULLABLE) member: string[] | null;
  @Uuids('Null: all integrations.', NULLABLE) auditor: string[] | null;
  @Uuids('Null: all integrations.', NULLABLE) admin: string[] | null;
}

export class MeView {
  @Text('Issuer of the login provider.') issuer: string;
  @Text('Subject at that issuer.') subject: string;
  @ApiProperty({ type: ReachView, description: 'Integrations where the person has the role or a higher one.' })
  roles: ReachView;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string', format: 'uuid' },
    description: 'User id by integration id.',
  })
  users: Record<string, string>;
  @Timestamp() authenticatedAt: string;
  @Timestamp('Until then, operations on credentials and rights need no new login.') stepUpUntil: string;
}
