import { ApiProperty, ApiPropertyOptional, PartialType, PickType } from '@nestjs/swagger';
import { type Actor } from '@tidegate/contracts';
import { DIALECTS } from '@tidegate/scim';
import { INTEGRATION_TYPES } from '../../integrations/catalog.js';
import { ActorProperty } from './actor.view.js';
import { StringField } from './fields.js';

const STATUSES = ['initializing', 'active', 'warning', 'disconnected', 'disabled'];
const EXTENSIONS = {
  type: 'object',
  additionalProperties: false,
  properties: {
    User: { type: 'array', items: { type: 'object' } },
    Group: { type: 'array', items: { type: 'object' } },
  },
  example: {
    User: [
      {
        id: 'urn:example:scim:schemas:1.0:User',
        name: 'Example',
        attributes: [{ name: 'badge', type: 'string', usableInRules: true }],
      },
    ],
    Group: [],
  },
} as const;

/** Documents the fields of all types. The catalog defines the fields of each type and their validation. */
export class CreateIntegration {
  @ApiProperty({ enum: INTEGRATION_TYPES, description: 'A type in the catalog.' })
  type: string;

  @ApiProperty({
    minLength: 1,
    maxLength: 64,
    description: 'Letters, digits, spaces, hyphens and underscores. Unique, ignoring case.',
  })
  name: string;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    maxLength: 253,
    example: 'acme.okta.com',
    description:
      'Domain of the organization. The type determines whether it is required. A URL is reduced to its host.',
  })
  domain?: string | null;

  @ApiPropertyOptional({
    oneOf: [
      { type: 'array', items: { type: 'string', minLength: 1, maxLength: 256 }, maxItems: 1000 },
      { type: 'string', example: 'group1,group2' },
    ],
    description: 'Names of the groups to sync, as an array or a comma-separated string. Empty means all.',
  })
  groupsToSync?: string[] | string;

  @ApiPropertyOptional({ enum: DIALECTS, description: 'SCIM dialect of the client. The default depends on the type.' })
  dialect?: string;

  @ApiPropertyOptional({
    ...EXTENSIONS,
    description:
      'Schema extensions, in the format of RFC 7643 §7. A PATCH replaces all of them. ' +
      'usableInRules (boolean, default false) allows access rules to use an attribute of users: a single string, boolean, ' +
      'decimal or integer at the top level of its schema. At most 50 attributes have it.',
  })
  extensions?: object;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    maximum: 31_536_000,
    default: 0,
    description: 'Seconds without a call until the status becomes `disconnected`: at least 3600, or 0 for never.',
  })
  disconnectedAfterSeconds?: number;
}

export class UpdateIntegration extends PartialType(
  PickType(CreateIntegration, [
    'name',
    'domain',
    'groupsToSync',
    'dialect',
    'extensions',
    'disconnectedAfterSeconds',
  ] as const),
) {
  @ApiPropertyOptional({
    maxLength: 64,
    description: 'Name of the integration. Required when the new groupsToSync end grants.',
  })
  confirm?: string;
}

export class GroupsToSync extends PickType(CreateIntegration, ['groupsToSync'] as const) {}

export class Confirmation {
  @StringField({ max: 64, optional: true, description: 'Name of the integration, as confirmation.' })
  confirm?: string;
}

class StatusReasonView {
  @ApiProperty({ example: 'waiting_for_first_call' })
  code: string;
  @ApiProperty({ description: 'Human-readable explanation.' })
  detail: string;
}

export class IntegrationView {
  @ApiProperty({ format: 'uuid', description: 'The connection id that Okta asks for.' })
  id: string;
  @ApiProperty({ enum: INTEGRATION_TYPES })
  type: string;
  @ApiProperty()
  name: string;
  @ApiProperty({ type: String, nullable: true })
  domain: string | null;
  @ApiProperty({ type: [String] })
  groupsToSync: string[];
  @ApiProperty({ enum: DIALECTS })
  dialect: string;
  @ApiProperty(EXTENSIONS)
  extensions: object;
  @ApiProperty({ description: '0 means never.' })
  disconnectedAfterSeconds: number;
  @ApiProperty({ enum: STATUSES })
  status: string;
  @ApiProperty({ format: 'date-time' })
  statusSince: string;
  @ApiProperty({ type: StatusReasonView })
  statusReason: StatusReasonView;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Time of the first authenticated SCIM call.',
  })
  connectedAt: string | null;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Time of the last authenticated SCIM call, to the minute.',
  })
  lastSeenAt: string | null;
  @ApiProperty({ description: 'The SCIM base URL to configure in Okta.' })
  scimBaseUrl: string;
  @ApiProperty({ description: 'Increases with every change.' })
  version: number;
  @ApiProperty({ format: 'date-time' })
  createdAt: string;
  @ActorProperty('The actor that created the integration.')
  createdBy: Actor | null;
  @ActorProperty('The actor that last changed its settings, disabled it or enabled it.')
  updatedBy: Actor | null;
}

export class UpdatedIntegrationView extends IntegrationView {
  @ApiPropertyOptional({
    type: [String],
    description: 'Present if groupsToSync was given: names in it without a matching group.',
  })
  unmatchedGroups?: string[];
}

export class SyncImpactView {
  @ApiProperty({ description: 'Existing groups that would be synced.' })
  groupsJoining: number;
  @ApiProperty({ description: 'Groups that would be removed from sync.' })
  groupsLeaving: number;
  @ApiProperty({ description: 'Grants that would end.' })
  liveGrants: number;
  @ApiProperty({ description: 'Requests that would be cancelled.' })
  openRequests: number;
  @ApiProperty({ type: [String], description: 'Names without a matching group.' })
  unmatched: string[];
}

export class ImpactView {
  @ApiProperty({ description: 'Users in the directory.' })
  users: number;
  @ApiProperty({ description: 'Active users in the directory.' })
  activeUsers: number;
  @ApiProperty({ description: 'Grants that would end.' })
  liveGrants: number;
  @ApiProperty({ description: 'Requests that would be cancelled.' })
  openRequests: number;
}
