import { ApiProperty, ApiPropertyOptional, PartialType, PickType } from '@nestjs/swagger';
import { type Actor } from '@tidegate/contracts';
import { DIALECTS } from '@tidegate/scim';
import { INTEGRATION_TYPES } from '../../integrations/catalog.js';
import { ActorProperty } from './actor.view.js';
import { TextField } from './fields.js';

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

/** What can be said of an integration; which fields a type has, and what they take, its row in the catalog tells. */
export class CreateIntegration {
  @ApiProperty({ enum: INTEGRATION_TYPES, description: 'A type of the catalog.' })
  type: string;

  @ApiProperty({
    minLength: 1,
    maxLength: 64,
    description: 'Letters, digits, spaces, hyphens and underscores; unique without regard to case.',
  })
  name: string;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    maxLength: 253,
    example: 'acme.okta.com',
    description:
      "The organization's domain; whether it is required, the type says. The address of a page gives its host.",
  })
  domain?: string | null;

  @ApiPropertyOptional({
    oneOf: [
      { type: 'array', items: { type: 'string', minLength: 1, maxLength: 256 }, maxItems: 1000 },
      { type: 'string', example: 'group1,group2' },
    ],
    description: 'Names of the groups to sync, as a list or as one text with commas; empty means all.',
  })
  groupsToSync?: string[] | string;

  @ApiPropertyOptional({ enum: DIALECTS, description: 'How the client speaks SCIM; the default comes with the type.' })
  dialect?: string;

  @ApiPropertyOptional({
    ...EXTENSIONS,
    description:
      'Schemas beyond those of RFC 7643, written as in its section 7. A PATCH replaces all of them. ' +
      'usableInRules (boolean, default false) allows access rules to use an attribute of users: a single string, boolean, ' +
      'decimal or integer at the top level of its schema. At most 50 attributes have it.',
  })
  extensions?: object;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    maximum: 31_536_000,
    default: 0,
    description: 'Seconds without a call after which it counts as disconnected: 3600 or more, or 0 for never.',
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
    description: "The integration's name, to confirm that grants end by the new groupsToSync.",
  })
  confirm?: string;
}

export class GroupsToSync extends PickType(CreateIntegration, ['groupsToSync'] as const) {}

export class Confirmation {
  @TextField({ max: 64, optional: true, description: "The integration's name, to confirm." })
  confirm?: string;
}

class StatusReasonView {
  @ApiProperty({ example: 'waiting_for_first_call' })
  code: string;
  @ApiProperty({ description: 'A sentence for people.' })
  detail: string;
}

export class IntegrationView {
  @ApiProperty({ format: 'uuid', description: 'What Okta calls the connection id.' })
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
    description: 'When the first call with a good credential came.',
  })
  connectedAt: string | null;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When the last one came; may be a minute late.',
  })
  lastSeenAt: string | null;
  @ApiProperty({ description: 'The base URL to type into Okta.' })
  scimBaseUrl: string;
  @ApiProperty({ description: 'Grows with every change.' })
  version: number;
  @ApiProperty({ format: 'date-time' })
  createdAt: string;
  @ActorProperty('The actor that added it.')
  createdBy: Actor | null;
  @ActorProperty('The actor that changed its settings, or disabled or enabled it, last.')
  updatedBy: Actor | null;
}

export class UpdatedIntegrationView extends IntegrationView {
  @ApiPropertyOptional({
    type: [String],
    description: 'Where groupsToSync was given: the names in it that no group has yet.',
  })
  unmatchedGroups?: string[];
}

export class SyncImpactView {
  @ApiProperty({ description: 'Groups that are there and would be taken in.' })
  groupsJoining: number;
  @ApiProperty({ description: 'Groups that would be let go.' })
  groupsLeaving: number;
  @ApiProperty({ description: 'Grants that would end.' })
  liveGrants: number;
  @ApiProperty({ description: 'Requests that would be cancelled.' })
  openRequests: number;
  @ApiProperty({ type: [String], description: 'Names that no group has yet.' })
  unmatched: string[];
}

export class ImpactView {
  @ApiProperty({ description: 'Users that were pushed.' })
  users: number;
  @ApiProperty({ description: 'Of them, those that are active.' })
  activeUsers: number;
  @ApiProperty({ description: 'Grants that would end.' })
  liveGrants: number;
  @ApiProperty({ description: 'Requests that would be cancelled.' })
  openRequests: number;
}
