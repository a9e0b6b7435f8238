import { ApiProperty } from '@nestjs/swagger';
import { type Actor } from '@tidegate/contracts';
import { IntegrationRef } from '../common/integration-ref.dto.js';
import { ROLES, type Role } from '../../callers/roles.js';
import { ActorProperty } from '@tidegate/contracts/dto';
import { ChoiceField, IdField, IdsField, MAX_INTEGRATIONS, StringField } from '@tidegate/contracts/dto';
import { OneOf, Text, Timestamp, Uuid, Uuids } from '@tidegate/contracts/dto';

const NULLABLE = { nullable: true } as const;

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
  @Text('Name of that integration. Null if none ends it, or the caller has no access to it.', NULLABLE)
  integrationName: string | null;
  @Uuid('Directory user the role was assigned to; null if assigned to an identity.', NULLABLE) userId: string | null;
  @Text(
    'Name of that user, also after the user was deleted. Null without `userId`, if the caller has no access to ' +
      '`integrationId`, or if it could not be looked up.',
    NULLABLE,
  )
  userName: string | null;
  @Text('Display name of that user; null also where `userName` is.', NULLABLE) userDisplayName: string | null;
  @OneOf(ROLES) role: Role;
  @Uuids('Null: all integrations.', NULLABLE) integrationIds: string[] | null;
  @ApiProperty({ type: [IntegrationRef], nullable: true, description: 'Those of `integrationIds`. Null: all.' })
  integrations: IntegrationRef[] | null;
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
