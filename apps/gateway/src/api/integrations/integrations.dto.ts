import { ApiProperty, ApiPropertyOptional, PartialType, PickType } from '@nestjs/swagger';
import { INTEGRATION_STATUSES, MANAGER_ATTRIBUTES, type NamedActor } from '@tidegate/contracts';
import { DIALECTS } from '@tidegate/scim';
import { OPERATIONS, type Operation } from '../../activity/operation.rule.js';
import { INTEGRATION_TYPES } from '../../integrations/catalog.js';
import { ActorProperty } from '@tidegate/contracts/dto';
import { ATTRIBUTE_TYPES, MUTABILITIES, RETURNED, STATUS_CODES, UNIQUENESSES } from '../common/closed-sets.js';
import { StringField } from '@tidegate/contracts/dto';
import { Integer, OneOf, Text, Texts, Timestamp, Uuid, Version } from '@tidegate/contracts/dto';

const NULLABLE = { nullable: true } as const;
const OPTIONAL = { optional: true } as const;

/** An attribute of a schema extension (RFC 7643 §7). */
class SubAttribute {
  @Text() name: string;
  @OneOf(ATTRIBUTE_TYPES, 'Default `string`.', OPTIONAL) type?: string;
  @Text(undefined, OPTIONAL) description?: string;
  @ApiPropertyOptional({ default: false }) multiValued?: boolean;
  @ApiPropertyOptional({ default: false }) required?: boolean;
  @ApiPropertyOptional({ default: false }) caseExact?: boolean;
  @OneOf(MUTABILITIES, 'Default `readWrite`.', OPTIONAL) mutability?: string;
  @OneOf(RETURNED, 'Default `default`.', OPTIONAL) returned?: string;
  @OneOf(UNIQUENESSES, undefined, OPTIONAL) uniqueness?: string;
  @Texts(undefined, OPTIONAL) canonicalValues?: string[];
  @Texts(undefined, OPTIONAL) referenceTypes?: string[];
}

class ExtensionAttribute extends SubAttribute {
  @ApiPropertyOptional({
    default: false,
    description:
      'Whether access rules can use the attribute: a single string, boolean, decimal or integer of users. ' +
      'At most 50 attributes have it.',
  })
  usableInRules?: boolean;
  @ApiPropertyOptional({ type: [SubAttribute], description: 'For type `complex`.' }) subAttributes?: SubAttribute[];
}

class SchemaExtension {
  @Text('URN of the schema.') id: string;
  @Text() name: string;
  @Text(undefined, OPTIONAL) description?: string;
  @ApiProperty({ type: [ExtensionAttribute] }) attributes: ExtensionAttribute[];
}

/** Schemas in addition to those of RFC 7643. */
class Extensions {
  @ApiPropertyOptional({ type: [SchemaExtension], description: 'Schemas of users.' }) User?: SchemaExtension[];
  @ApiPropertyOptional({ type: [SchemaExtension], description: 'Schemas of groups.' }) Group?: SchemaExtension[];
}

const GROUPS_TO_SYNC = {
  oneOf: [
    { type: 'array', items: { type: 'string', minLength: 1, maxLength: 256 }, maxItems: 1000 },
    { type: 'string', example: 'group1,group2' },
  ],
  description: 'Names of the groups to sync, as an array or a comma-separated string. Empty means all.',
};

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

  @ApiPropertyOptional(GROUPS_TO_SYNC)
  groupsToSync?: string[] | string;

  @ApiPropertyOptional({ enum: DIALECTS, description: 'SCIM dialect of the client. The default depends on the type.' })
  dialect?: string;

  @ApiPropertyOptional({ type: Extensions, description: 'Schema extensions. A PATCH replaces all of them.' })
  extensions?: object;

  @OneOf(
    MANAGER_ATTRIBUTES,
    'Attribute of the manager that `manager.value` of users contains; null: managers are not resolved. Choose an attribute ' +
      'that users cannot edit themselves.',
    { nullable: true, optional: true },
  )
  managerAttribute?: string | null;

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
    'managerAttribute',
    'disconnectedAfterSeconds',
  ] as const),
) {
  @ApiPropertyOptional({
    maxLength: 64,
    description: 'Name of the integration. Required when the new groupsToSync end grants or requests.',
  })
  confirm?: string;
}

export class GroupsToSync {
  @ApiProperty(GROUPS_TO_SYNC) groupsToSync: string[] | string;
}

export class Confirmation {
  @StringField({ max: 64, optional: true, description: 'Name of the integration, as confirmation.' })
  confirm?: string;
}

class StatusReasonView {
  @OneOf(STATUS_CODES) code: string;
  @Text('Explanation for people.') detail: string;
}

export class IntegrationView {
  @Uuid('The connection id that Okta asks for.') id: string;
  @OneOf(INTEGRATION_TYPES, 'A type in the catalog.') type: string;
  @Text() name: string;
  @Text('Domain of the organization.', NULLABLE) domain: string | null;
  @Texts('Names of the groups to sync; empty means all.') groupsToSync: string[];
  @OneOf(DIALECTS, 'SCIM dialect of the client.') dialect: string;
  @ApiProperty({ type: Extensions, description: 'Schema extensions.' }) extensions: object;
  @OneOf(
    MANAGER_ATTRIBUTES,
    'Attribute of the manager that `manager.value` of users contains; null: managers are not resolved.',
    NULLABLE,
  )
  managerAttribute: string | null;
  @Integer('Seconds without a call until the status becomes `disconnected`; 0 means never.')
  disconnectedAfterSeconds: number;
  @OneOf(INTEGRATION_STATUSES) status: string;
  @Timestamp() statusSince: string;
  @ApiProperty({ type: StatusReasonView, description: 'Why it has this status.' }) statusReason: StatusReasonView;
  @Timestamp('Time of the first authenticated SCIM call.', NULLABLE) connectedAt: string | null;
  @Timestamp('Time of the last authenticated SCIM call, to the minute.', NULLABLE) lastSeenAt: string | null;
  @Text('The SCIM base URL to configure at the identity provider.') scimBaseUrl: string;
  @Version() version: number;
  @Timestamp() createdAt: string;
  @ActorProperty('The actor that created the integration.') createdBy: NamedActor | null;
  @ActorProperty('The actor that last changed its settings, disabled it or enabled it.') updatedBy: NamedActor | null;
}

export class SavedIntegrationView extends IntegrationView {
  @Texts('Present if groupsToSync was given: names in it without a matching group.', OPTIONAL)
  unmatchedGroups?: string[];
  @Texts('Given settings that are valid but probably not intended, explained for people.') warnings: string[];
}

class RefusedOperation {
  @OneOf(OPERATIONS) operation: Operation;
  @Integer('Refused calls. Repeats of a call within a minute count once.') calls: number;
}

class RefusedWhileDisabled {
  @Integer('Calls refused since the integration was disabled. Repeats of a call within a minute count once.')
  calls: number;
  @Timestamp('When the first one was refused; null without any.', NULLABLE) since: string | null;
  @ApiProperty({ type: [RefusedOperation], description: 'The refused calls, by operation.' })
  operations: RefusedOperation[];
  @Integer(
    'Users and groups with refused calls that have not been repeated. While it is above 0, the status is not `active`.',
  )
  missedObjects: number;
}

export class EnabledIntegrationView extends IntegrationView {
  @ApiProperty({ type: RefusedWhileDisabled, description: 'What the identity provider could not change.' })
  refusedWhileDisabled: RefusedWhileDisabled;
}

export class SyncImpactView {
  @Integer('Existing groups that would be synced.') groupsJoining: number;
  @Integer('Groups that would be removed from sync.') groupsLeaving: number;
  @Integer('Grants that would end.') liveGrants: number;
  @Integer('Requests that would be cancelled.') openRequests: number;
  @Texts('Names without a matching group.') unmatched: string[];
}

export class PanicPreview {
  @Integer('Grants that would end.') liveGrants: number;
  @Integer('Requests that would be cancelled.') openRequests: number;
}

export class ImpactView {
  @Integer('Users in the directory.') users: number;
  @Integer('Active users in the directory.') activeUsers: number;
  @Integer('Grants that would end.') liveGrants: number;
  @Integer('Requests that would be cancelled.') openRequests: number;
}
