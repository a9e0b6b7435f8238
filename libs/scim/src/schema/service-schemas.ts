import { type Attribute, attribute, complex, type Schema } from './attribute.js';

type Characteristics = Parameters<typeof attribute>[2];

/** All attributes of discovery are read-only. */
const readOnly = (name: string, description: string, characteristics: Characteristics = {}): Attribute =>
  attribute(name, description, { mutability: 'readOnly', ...characteristics });
const readOnlyComplex = (
  name: string,
  description: string,
  subAttributes: readonly Attribute[],
  characteristics: Characteristics = {},
): Attribute => complex(name, description, subAttributes, { mutability: 'readOnly', ...characteristics });

const REQUIRED = { required: true } as const;
const FLAG = { type: 'boolean', required: true } as const;
const NUMBER = { type: 'integer', required: true } as const;
const LINK = { type: 'reference', referenceTypes: ['external'], caseExact: true } as const;
const URN = { type: 'reference', referenceTypes: ['uri'], caseExact: true } as const;

const supported = readOnly('supported', 'Whether the service supports this.', FLAG);

/** RFC 7643 §5, §8.7.2; `pagination` is of RFC 9865 §4. */
const SERVICE_PROVIDER_CONFIG: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig',
  name: 'Service Provider Configuration',
  description: 'The features of the service',
  attributes: [
    readOnly('documentationUri', 'The URL of the documentation.', LINK),
    readOnlyComplex('patch', 'Changes by PATCH.', [supported], REQUIRED),
    readOnlyComplex(
      'bulk',
      'Many operations in one request.',
      [
        supported,
        readOnly('maxOperations', 'The maximum number of operations in a request.', NUMBER),
        readOnly('maxPayloadSize', 'The maximum size of a request in bytes.', NUMBER),
      ],
      REQUIRED,
    ),
    readOnlyComplex(
      'filter',
      'Filters.',
      [supported, readOnly('maxResults', 'The maximum number of resources in a list.', NUMBER)],
      REQUIRED,
    ),
    readOnlyComplex('changePassword', 'Changes of passwords.', [supported], REQUIRED),
    readOnlyComplex('sort', 'Sorting.', [supported], REQUIRED),
    readOnlyComplex('etag', 'Entity tags.', [supported], REQUIRED),
    readOnlyComplex(
      'authenticationSchemes',
      'How clients authenticate.',
      [
        readOnly('type', 'The kind of scheme.', {
          ...REQUIRED,
          canonicalValues: ['oauth', 'oauth2', 'oauthbearertoken', 'httpbasic', 'httpdigest'],
        }),
        readOnly('name', 'The common name of the scheme.', REQUIRED),
        readOnly('description', 'A description of the scheme.', REQUIRED),
        readOnly('specUri', 'The URL of the specification.', LINK),
        readOnly('documentationUri', 'The URL of the documentation.', LINK),
        readOnly('primary', 'True for the preferred scheme.', { type: 'boolean' }),
      ],
      { ...REQUIRED, multiValued: true },
    ),
    readOnlyComplex('pagination', 'How lists are paged.', [
      readOnly('cursor', 'Whether lists are paged by cursors.', FLAG),
      readOnly('index', 'Whether lists are paged by an index.', FLAG),
      readOnly('defaultPaginationMethod', 'The default method.', { canonicalValues: ['cursor', 'index'] }),
      readOnly('defaultPageSize', 'The default number of resources on a page.', { type: 'integer' }),
      readOnly('maxPageSize', 'The maximum number of resources on a page.', { type: 'integer' }),
      readOnly('cursorTimeout', 'The lifetime of a cursor in seconds.', { type: 'integer' }),
    ]),
  ],
};

/** RFC 7643 §6, §8.7.2. */
const RESOURCE_TYPE: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:ResourceType',
  name: 'ResourceType',
  description: 'A resource type',
  attributes: [
    readOnly('id', 'The identifier of the resource type.', { caseExact: true }),
    readOnly('name', 'The name of the resource type.', REQUIRED),
    readOnly('description', 'A description of the resource type.'),
    readOnly('endpoint', 'The endpoint, relative to the base URL.', { ...URN, ...REQUIRED }),
    readOnly('schema', 'The URN of the schema.', { ...URN, ...REQUIRED }),
    readOnlyComplex(
      'schemaExtensions',
      'The schema extensions.',
      [
        readOnly('schema', 'The URN of the extension.', { ...URN, ...REQUIRED }),
        readOnly('required', 'Whether every resource must have the extension.', FLAG),
      ],
      { multiValued: true },
    ),
  ],
};

/** The characteristics of an attribute (RFC 7643 §7). */
const CHARACTERISTICS: readonly Attribute[] = [
  readOnly('name', 'The name of the attribute.', { ...REQUIRED, caseExact: true }),
  readOnly('type', 'The data type.', {
    ...REQUIRED,
    canonicalValues: ['string', 'boolean', 'decimal', 'integer', 'dateTime', 'reference', 'binary', 'complex'],
  }),
  readOnly('multiValued', 'Whether the attribute can have several values.', FLAG),
  readOnly('description', 'A description of the attribute.', { caseExact: true }),
  readOnly('required', 'Whether the attribute is required.', { type: 'boolean' }),
  readOnly('canonicalValues', 'Suggested values.', { multiValued: true, caseExact: true }),
  readOnly('caseExact', 'Whether values are case-sensitive.', { type: 'boolean' }),
  readOnly('mutability', 'Whether and when the attribute can be written.', {
    caseExact: true,
    canonicalValues: ['readOnly', 'readWrite', 'immutable', 'writeOnly'],
  }),
  readOnly('returned', 'When the attribute is returned.', {
    caseExact: true,
    canonicalValues: ['always', 'never', 'default', 'request'],
  }),
  readOnly('uniqueness', 'The scope in which values are unique.', {
    caseExact: true,
    canonicalValues: ['none', 'server', 'global'],
  }),
  readOnly('referenceTypes', 'The resource types that a reference can point to.', {
    multiValued: true,
    caseExact: true,
  }),
];

/** RFC 7643 §7, §8.7.2. */
const SCHEMA: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:Schema',
  name: 'Schema',
  description: 'The attributes of resources',
  attributes: [
    readOnly('id', 'The URN of the schema.', { ...REQUIRED, caseExact: true }),
    readOnly('name', 'The name of the schema.'),
    readOnly('description', 'A description of the schema.'),
    readOnlyComplex(
      'attributes',
      'The attributes of the schema.',
      [
        ...CHARACTERISTICS,
        readOnlyComplex('subAttributes', 'The sub-attributes of a complex attribute.', CHARACTERISTICS, {
          multiValued: true,
        }),
      ],
      { ...REQUIRED, multiValued: true },
    ),
  ],
};

/** The schemas of the discovery resources. */
export const SERVICE_SCHEMAS: readonly Schema[] = [SERVICE_PROVIDER_CONFIG, RESOURCE_TYPE, SCHEMA];
