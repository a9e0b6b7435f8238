import { MANAGER_ATTRIBUTES } from '@tidegate/contracts';
import { DIALECTS, type Dialect } from '@tidegate/scim';

/** Kind of form input. */
export type InputKind = 'text' | 'texts' | 'choice' | 'wholeNumber' | 'json';

/** Names of the validations in `fields.rule.ts`. */
export type FieldCheck =
  | 'name'
  | 'oktaDomain'
  | 'entraDomain'
  | 'hostName'
  | 'groupNames'
  | 'dialect'
  | 'extensions'
  | 'managerAttribute'
  | 'silence';

/** A field of the form that creates or changes an integration. */
export interface IntegrationField {
  /** Property name in the bodies of /api/v1/integrations. */
  name: 'name' | 'domain' | 'groupsToSync' | 'dialect' | 'extensions' | 'managerAttribute' | 'disconnectedAfterSeconds';
  label: string;
  help: string;
  required: boolean;
  kind: InputKind;
  check: FieldCheck;
  /** Maximum length of the string, or of each item. */
  maxLength?: number;
  /** Maximum number of items. */
  maxItems?: number;
  minimum?: number;
  maximum?: number;
  choices?: readonly string[];
  example?: unknown;
}

/** A kind of identity provider. */
export interface IntegrationType {
  title: string;
  category: 'IdP';
  description: string;
  capabilities: readonly string[];
  authentication: readonly ('oauth2_authorization_code' | 'oauth2_client_credentials' | 'bearer_token')[];
  defaultDialect: Dialect;
  /** Path of the setup guide in the repository. */
  guide: string;
  fields: readonly IntegrationField[];
}

/** One year, in seconds. */
const LONGEST_SILENCE = 31_536_000;
/** One hour, in seconds: identity providers send nothing while nothing changes. */
export const SHORTEST_SILENCE = 3_600;

const NAME: IntegrationField = {
  name: 'name',
  label: 'Integration Name',
  help: 'Letters, digits, spaces, hyphens and underscores. Must be unique, ignoring case.',
  required: true,
  kind: 'text',
  check: 'name',
  maxLength: 64,
  example: 'Acme Okta',
};
const DOMAIN = { name: 'domain', label: 'Domain', kind: 'text', maxLength: 253 } as const;
const COMMON: readonly IntegrationField[] = [
  {
    name: 'groupsToSync',
    label: 'Groups to Sync',
    help: 'Comma-separated names of the groups that users can request. Leave empty for all groups.',
    required: false,
    kind: 'texts',
    check: 'groupNames',
    maxLength: 256,
    maxItems: 1_000,
    example: 'group1,group2',
  },
  {
    name: 'dialect',
    label: 'SCIM dialect',
    help: 'SCIM dialect of the client: okta and entra accept the deviations of these products, strict follows the RFCs.',
    required: false,
    kind: 'choice',
    check: 'dialect',
    choices: DIALECTS,
  },
  {
    name: 'extensions',
    label: 'Schema extensions',
    help: 'Schema extensions, in the format of RFC 7643 section 7: {"User": […], "Group": […]}.',
    required: false,
    kind: 'json',
    check: 'extensions',
  },
  {
    name: 'managerAttribute',
    label: 'Manager attribute',
    help:
      'Attribute of the manager that the identity provider sends as manager.value of users. Choose one that users cannot ' +
      'edit themselves. Without one, managers are not resolved.',
    required: false,
    kind: 'choice',
    check: 'managerAttribute',
    choices: MANAGER_ATTRIBUTES,
  },
  {
    name: 'disconnectedAfterSeconds',
    label: 'Disconnected after',
    help: 'Seconds without a call until the status becomes disconnected. 0 means never.',
    required: false,
    kind: 'wholeNumber',
    check: 'silence',
    minimum: 0,
    maximum: LONGEST_SILENCE,
    example: 604_800,
  },
];

const PUSHES = ['push_users', 'push_user_attributes', 'push_deactivate_user', 'push_groups'] as const;

/** The integration types. */
export const CATALOG = {
  'okta-scim': {
    title: 'Okta Directory (SCIM)',
    category: 'IdP',
    description: 'Provisions users and groups from an Okta organization.',
    capabilities: [...PUSHES, 'import_users'],
    authentication: ['oauth2_authorization_code', 'bearer_token'],
    defaultDialect: 'okta',
    guide: 'docs/guides/okta.md',
    fields: [
      NAME,
      {
        ...DOMAIN,
        help: 'Domain of the Okta organization, shown below your user name in the Okta admin console.',
        required: true,
        check: 'oktaDomain',
        example: 'acme.okta.com',
      },
      ...COMMON,
    ],
  },
  'entra-scim': {
    title: 'Microsoft Entra ID (SCIM)',
    category: 'IdP',
    description: 'Provisions users and groups from a Microsoft Entra ID tenant.',
    capabilities: PUSHES,
    authentication: ['oauth2_client_credentials', 'bearer_token'],
    defaultDialect: 'entra',
    guide: 'docs/guides/entra.md',
    fields: [
      NAME,
      {
        ...DOMAIN,
        help: 'Domain of the tenant: under onmicrosoft.com, or a verified custom domain.',
        required: true,
        check: 'entraDomain',
        example: 'acme.onmicrosoft.com',
      },
      ...COMMON,
    ],
  },
  'generic-scim': {
    title: 'Generic SCIM 2.0',
    category: 'IdP',
    description: 'Provisions users and groups from any SCIM 2.0 client.',
    capabilities: PUSHES,
    authentication: ['oauth2_client_credentials', 'bearer_token'],
    defaultDialect: 'strict',
    guide: 'docs/guides/scim.md',
    fields: [
      NAME,
      {
        ...DOMAIN,
        help: 'Domain of the organization (optional).',
        required: false,
        check: 'hostName',
        example: 'example.com',
      },
      ...COMMON,
    ],
  },
} as const satisfies Record<string, IntegrationType>;

export type IntegrationTypeId = keyof typeof CATALOG;
export const INTEGRATION_TYPES = Object.keys(CATALOG) as IntegrationTypeId[];

/** @returns the type with that id, or undefined */
export function integrationType(id: unknown): IntegrationType | undefined {
  return typeof id === 'string' && Object.hasOwn(CATALOG, id) ? CATALOG[id as IntegrationTypeId] : undefined;
}
