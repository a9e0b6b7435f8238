import { ApiProperty, ApiPropertyOptional, PartialType, PickType } from '@nestjs/swagger';
import { KEY_STATUSES, type KeyStatus } from '../../auth/api-key.rule.js';
import { ROLES, type Role, SCOPE_NAMES, type Scope } from '../../auth/roles.js';
import { type Actor } from '@tidegate/contracts';
import { ActorProperty } from './actor.view.js';
import { ChoiceField, ChoicesField, IdField, IdsField, MomentField, TextField } from './fields.js';
import { Moment, Nullable, Uuid } from './views.js';

/** What a key of everything is made with. */
export const ALL_SCOPES = 'all';
const MOST_INTEGRATIONS = 1_000;

export class CreateApiKey {
  @TextField({ max: 100, description: 'What the key is for.' })
  name: string;
  @ChoicesField([ALL_SCOPES, ...SCOPE_NAMES], {
    description: 'What it may do. `all` stands alone, and is all but `access:review-as`.',
  })
  scopes: (Scope | typeof ALL_SCOPES)[];
  @IdsField({ min: 1, max: MOST_INTEGRATIONS, optional: true, description: 'Where; everywhere when absent.' })
  integrationIds?: string[];
  @MomentField({
    optional: true,
    nullable: true,
    description:
      'Until when: ten years ahead at most. After 90 days when absent, or with the key that makes it when that ends sooner; ' +
      'null: no end.',
  })
  expiresAt?: string | null;
}

class MakerView {
  @ApiProperty({ enum: ['person', 'apiKey'] }) kind: 'person' | 'apiKey';
  @ApiPropertyOptional({ description: 'Of a person.' }) issuer?: string;
  @ApiPropertyOptional({ description: 'Of a person.' }) subject?: string;
  @ApiPropertyOptional({ description: 'Of an API key; `configured` is the root key, TIDEGATE_API_KEY.' })
  keyId?: string;
}

export class ApiKeyView {
  @Uuid() id: string;
  @ApiProperty() name: string;
  @ApiProperty({ description: 'The last characters of the key.' }) hint: string;
  @ApiProperty({ enum: [ALL_SCOPES, ...SCOPE_NAMES], isArray: true }) scopes: string[];
  @ApiProperty({ type: [String], nullable: true, description: 'Null: everywhere.' }) integrationIds: string[] | null;
  @ApiProperty({
    type: MakerView,
    nullable: true,
    description:
      'By whose rights the key works: it stops within a second when these no longer cover it. Null: the root key of a ' +
      'first start, which works until it is deleted.',
  })
  maker: MakerView | null;
  @ApiProperty({
    enum: KEY_STATUSES,
    description:
      '`expiring`: ends within 14 days. `suspended`: does not work, because its maker has left or may no longer do what it ' +
      'may, or because the key that made it has ended. It works again when that changes, or when somebody takes it over.',
  })
  status: KeyStatus;
  @Moment() createdAt: string;
  @Nullable('date-time') expiresAt: string | null;
  @Nullable('date-time') lastUsedAt: string | null;
}

export class NewApiKeyView extends ApiKeyView {
  @ApiProperty({ description: 'The key itself: shown this once.' }) key: string;
}

export class CreateRoleAssignment {
  @TextField({ max: 1000, optional: true, description: 'Of a login provider; with `subject`.' })
  issuer?: string;
  @TextField({ max: 255, optional: true, description: 'Who it is to that issuer. In Okta: the id of the user.' })
  subject?: string;
  @IdField({
    optional: true,
    nullable: true,
    description:
      'The integration whose directory ends the role: when the user is deactivated or deleted there, and nowhere else. ' +
      'Null: no directory ends it. When absent, the only one that the issuer signs in for; required when there are several.',
  })
  integrationId?: string | null;
  @IdField({
    optional: true,
    description:
      'An active user of that integration, instead of issuer and subject, which are resolved now and do not change. ' +
      'Needs `integrationIds` to be that integration alone.',
  })
  userId?: string;
  @ChoiceField(ROLES)
  role: Role;
  @IdsField({ min: 1, max: MOST_INTEGRATIONS, optional: true, description: 'Where; everywhere when absent.' })
  integrationIds?: string[];
}

export class RoleAssignmentView {
  @Uuid() id: string;
  @ApiProperty() issuer: string;
  @ApiProperty() subject: string;
  @Nullable('uuid', 'The integration whose directory ends the role; null when none does.')
  integrationId: string | null;
  @Nullable('uuid', 'The directory user to whom it was given; null when it was given to the identity.')
  userId: string | null;
  @ApiProperty({ enum: ROLES }) role: Role;
  @ApiProperty({ type: [String], nullable: true, description: 'Null: everywhere.' }) integrationIds: string[] | null;
  @ApiProperty({ description: 'False when it has ended, or the issuer no longer signs in for `integrationId`.' })
  effective: boolean;
  @Moment() createdAt: string;
  @Nullable('date-time', 'When the user left. An ended role stays ended until an administrator gives it again.')
  endedAt: string | null;
  @ActorProperty('The actor that gave it.') createdBy: Actor | null;
}

export class CreateLoginProvider {
  @TextField({ max: 1000, example: 'https://example.okta.com', description: 'The OpenID Connect issuer.' })
  issuer: string;
  @TextField({ max: 255 })
  clientId: string;
  @TextField({ max: 1000, description: 'Never shown again.' })
  clientSecret: string;
  @TextField({ max: 64, example: 'Okta', description: 'Stands on the button: Sign in with …' })
  label: string;
  @IdsField({ max: MOST_INTEGRATIONS, optional: true, description: 'Whose users it signs in.' })
  integrationIds?: string[];
}

export class UpdateLoginProvider extends PartialType(
  PickType(CreateLoginProvider, ['clientId', 'clientSecret', 'label', 'integrationIds']),
  { skipNullProperties: false },
) {}

export class LoginProviderView {
  @Uuid() id: string;
  @ApiProperty() issuer: string;
  @ApiProperty() clientId: string;
  @ApiProperty() label: string;
  @ApiProperty({ type: [String] }) integrationIds: string[];
  @ApiProperty({ description: 'To register as the redirect URI at the provider. Each provider has its own.' })
  redirectUri: string;
  @Moment() createdAt: string;
  @ActorProperty('The actor that added it.') createdBy: Actor | null;
  @ActorProperty('The actor that changed it last.') updatedBy: Actor | null;
}

export class SessionView {
  @Uuid() id: string;
  @ApiProperty({ description: 'Whether it is the one that asks.' }) current: boolean;
  @Moment() createdAt: string;
  @Moment() lastUsedAt: string;
  @Moment() expiresAt: string;
}

class ReachView {
  @ApiProperty({ type: [String], nullable: true, description: 'Null: everywhere.' }) member: string[] | null;
  @ApiProperty({ type: [String], nullable: true }) auditor: string[] | null;
  @ApiProperty({ type: [String], nullable: true }) admin: string[] | null;
}

export class MeView {
  @ApiProperty() issuer: string;
  @ApiProperty() subject: string;
  @ApiProperty({ type: ReachView, description: 'Where the person has the role, or a higher one.' }) roles: ReachView;
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' }, description: 'Integration → user.' })
  users: Record<string, string>;
  @Moment() authenticatedAt: string;
  @Moment() stepUpUntil: string;
}
