import { DIALECTS, type Dialect } from '@tidegate/scim';

/** What an input takes, for whoever draws the form. */
export type InputKind = 'text' | 'texts' | 'choice' | 'wholeNumber' | 'json';

/** The checks that a field may name; they stand in `fields.rule.ts`. */
export type FieldCheck =
  'name' | 'oktaDomain' | 'entraDomain' | 'hostName' | 'groupNames' | 'dialect' | 'extensions' | 'silence';

/** One field of the form that makes or changes an integration. */
export interface IntegrationField {
  /** Its name in the bodies of /api/v1/integrations. */
  name: 'name' | 'domain' | 'groupsToSync' | 'dialect' | 'extensions' | 'disconnectedAfterSeconds';
  label: string;
  help: string;
  required: boolean;
  kind: InputKind;
  check: FieldCheck;
  /** Characters of a text, or of each of several. */
  maxLength?: number;
  /** Of several texts. */
  maxItems?: number;
  minimum?: number;
  maximum?: number;
  choices?: readonly string[];
  example?: unknown;
}

/** A kind of system that pushes users and groups. */
export interface IntegrationType {
  title: string;
  category: 'IdP';
  description: string;
  capabilities: readonly string[];
  authentication: readonly ('oauth2_authorization_code' | 'oauth2_client_credentials' | 'bearer_token')[];
  defaultDialect: Dialect;
  /** Where its guide is, from the root of the repository. */
  guide: string;
  fields: readonly IntegrationField[];
}

/** A year. */
const LONGEST_SILENCE = 31_536_000;
/** An hour: an organization in which nothing changes sends nothing. */
export const SHORTEST_SILENCE = 3_600;

const NAME: IntegrationField = {
  name: 'name',
  label: 'Integration Name',
  help: 'A name for people: letters, digits, spaces, hyphens and underscores; unique without regard to case.',
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
    help: 'Names of the groups that people may borrow, separated by commas; empty means all.',
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
    help: 'How the other side speaks SCIM: okta and entra are taken with their habits, strict by the letter of the RFCs.',
    required: false,
    kind: 'choice',
    check: 'dialect',
    choices: DIALECTS,
  },
  {
    name: 'extensions',
    label: 'Schema extensions',
    help: 'Schemas beyond those of RFC 7643, as its section 7 writes them: {"User": […], "Group": […]}.',
    required: false,
    kind: 'json',
    check: 'extensions',
  },
  {
    name: 'disconnectedAfterSeconds',
    label: 'Disconnected after',
    help: 'Seconds without a call after which the integration counts as disconnected; 0 means never.',
    required: false,
    kind: 'wholeNumber',
    check: 'silence',
    minimum: 0,
    maximum: LONGEST_SILENCE,
    example: 604_800,
  },
];

const PUSHES = ['push_users', 'push_user_attributes', 'push_deactivate_user', 'push_groups'] as const;

/** The integration types that there are: one is added by adding a row. */
export const CATALOG = {
  'okta-scim': {
    title: 'Okta Directory (SCIM)',
    category: 'IdP',
    description: 'Users and groups that an Okta organization provisions.',
    capabilities: [...PUSHES, 'import_users'],
    authentication: ['oauth2_authorization_code', 'bearer_token'],
    defaultDialect: 'okta',
    guide: 'docs/guides/okta.md',
    fields: [
      NAME,
      {
        ...DOMAIN,
        help: "The Okta organization's domain, as it stands below your user name in the Okta admin console.",
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
    description: 'Users and groups that a Microsoft Entra ID tenant provisions.',
    capabilities: PUSHES,
    authentication: ['oauth2_client_credentials', 'bearer_token'],
    defaultDialect: 'entra',
    guide: 'docs/guides/entra.md',
    fields: [
      NAME,
      {
        ...DOMAIN,
        help: "The tenant's domain: the one under onmicrosoft.com, or a custom domain that the tenant has verified.",
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
    description: 'Users and groups from any SCIM 2.0 client.',
    capabilities: PUSHES,
    authentication: ['oauth2_client_credentials', 'bearer_token'],
    defaultDialect: 'strict',
    guide: 'docs/guides/scim.md',
    fields: [
      NAME,
      {
        ...DOMAIN,
        help: 'The domain of the organization, to tell one from another.',
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

/** @returns the row of that id, or undefined when the catalog has none */
export function integrationType(id: unknown): IntegrationType | undefined {
  return typeof id === 'string' && Object.hasOwn(CATALOG, id) ? CATALOG[id as IntegrationTypeId] : undefined;
}
