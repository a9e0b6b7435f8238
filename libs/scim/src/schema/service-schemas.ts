import { type Attribute, attribute, complex, type Schema } from './attribute.js';

type Characteristics = Parameters<typeof attribute>[2];

/** What the service tells of itself nobody writes. */
const told = (name: string, description: string, characteristics: Characteristics = {}): Attribute =>
  attribute(name, description, { mutability: 'readOnly', ...characteristics });
const changesOf = (
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

const supported = told('supported', 'Whether the service does this.', FLAG);

/** RFC 7643 §5, §8.7.2; `pagination` is of RFC 9865 §4. */
const SERVICE_PROVIDER_CONFIG: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig',
  name: 'Service Provider Configuration',
  description: 'What the service can do',
  attributes: [
    told('documentationUri', 'Documents for people.', LINK),
    changesOf('patch', 'Changes by PATCH.', [supported], REQUIRED),
    changesOf(
      'bulk',
      'Many operations in one request.',
      [
        supported,
        told('maxOperations', 'How many operations a request may have.', NUMBER),
        told('maxPayloadSize', 'How many bytes a request may have.', NUMBER),
      ],
      REQUIRED,
    ),
    changesOf(
      'filter',
      'Filters.',
      [supported, told('maxResults', 'How many resources a list tells at once.', NUMBER)],
      REQUIRED,
    ),
    changesOf('changePassword', 'Changes of passwords.', [supported], REQUIRED),
    changesOf('sort', 'Sorting.', [supported], REQUIRED),
    changesOf('etag', 'Entity tags.', [supported], REQUIRED),
    changesOf(
      'authenticationSchemes',
      'How a client proves who it is.',
      [
        told('type', 'The kind of scheme.', {
          ...REQUIRED,
          canonicalValues: ['oauth', 'oauth2', 'oauthbearertoken', 'httpbasic', 'httpdigest'],
        }),
        told('name', 'The usual name of the scheme.', REQUIRED),
        told('description', 'What the scheme is.', REQUIRED),
        told('specUri', 'Where the scheme is specified.', LINK),
        told('documentationUri', 'Documents for people.', LINK),
        told('primary', 'True for the preferred scheme.', { type: 'boolean' }),
      ],
      { ...REQUIRED, multiValued: true },
    ),
    changesOf('pagination', 'How lists are paged.', [
      told('cursor', 'Whether lists are paged by cursors.', FLAG),
      told('index', 'Whether lists are paged by an index.', FLAG),
      told('defaultPaginationMethod', 'How, when the client does not say.', { canonicalValues: ['cursor', 'index'] }),
      told('defaultPageSize', 'How many resources a page has when the client does not say.', { type: 'integer' }),
      told('maxPageSize', 'How many resources a page has at most.', { type: 'integer' }),
      told('cursorTimeout', 'For how many seconds a cursor is good.', { type: 'integer' }),
    ]),
  ],
};

/** RFC 7643 §6, §8.7.2. */
const RESOURCE_TYPE: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:ResourceType',
  name: 'ResourceType',
  description: 'A kind of resource',
  attributes: [
    told('id', 'The identifier of the kind.', { caseExact: true }),
    told('name', 'The name of the kind.', REQUIRED),
    told('description', 'What resources of the kind are.'),
    told('endpoint', 'Where they live, relative to the base URL.', { ...URN, ...REQUIRED }),
    told('schema', 'The URN of their schema.', { ...URN, ...REQUIRED }),
    changesOf(
      'schemaExtensions',
      'The extensions of their schema.',
      [
        told('schema', 'The URN of the extension.', { ...URN, ...REQUIRED }),
        told('required', 'Whether every resource has to have it.', FLAG),
      ],
      { multiValued: true },
    ),
  ],
};

/** The characteristics of an attribute (RFC 7643 §7). */
const CHARACTERISTICS: readonly Attribute[] = [
  told('name', 'The name of the attribute.', { ...REQUIRED, caseExact: true }),
  told('type', 'The type of its values.', {
    ...REQUIRED,
    canonicalValues: ['string', 'boolean', 'decimal', 'integer', 'dateTime', 'reference', 'binary', 'complex'],
  }),
  told('multiValued', 'Whether it may have many values.', FLAG),
  told('description', 'What it means.', { caseExact: true }),
  told('required', 'Whether every resource has to have it.', { type: 'boolean' }),
  told('canonicalValues', 'The usual values.', { multiValued: true, caseExact: true }),
  told('caseExact', 'Whether upper and lower case differ.', { type: 'boolean' }),
  told('mutability', 'Whether it may be written.', {
    caseExact: true,
    canonicalValues: ['readOnly', 'readWrite', 'immutable', 'writeOnly'],
  }),
  told('returned', 'When it is returned.', {
    caseExact: true,
    canonicalValues: ['always', 'never', 'default', 'request'],
  }),
  told('uniqueness', 'Within what its values are unique.', {
    caseExact: true,
    canonicalValues: ['none', 'server', 'global'],
  }),
  told('referenceTypes', 'What it may refer to.', { multiValued: true, caseExact: true }),
];

/** RFC 7643 §7, §8.7.2. */
const SCHEMA: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:Schema',
  name: 'Schema',
  description: 'The attributes of resources',
  attributes: [
    told('id', 'The URN of the schema.', { ...REQUIRED, caseExact: true }),
    told('name', 'The name of the schema.'),
    told('description', 'What the schema describes.'),
    changesOf(
      'attributes',
      'The attributes of the schema.',
      [
        ...CHARACTERISTICS,
        changesOf('subAttributes', 'The parts of a complex attribute.', CHARACTERISTICS, { multiValued: true }),
      ],
      { ...REQUIRED, multiValued: true },
    ),
  ],
};

/** The schemas of what discovery itself answers with. */
export const SERVICE_SCHEMAS: readonly Schema[] = [SERVICE_PROVIDER_CONFIG, RESOURCE_TYPE, SCHEMA];
