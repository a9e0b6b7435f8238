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

const supported = readOnly('supported', 'A Boolean value specifying whether or not the operation is supported.', FLAG);

/** RFC 7643 §5, §8.7.2, which has no `etag`, and no `type` and `primary` of a scheme; `pagination` is of RFC 9865 §4. */
const SERVICE_PROVIDER_CONFIG: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig',
  name: 'Service Provider Configuration',
  description: "Schema for representing the service provider's configuration",
  attributes: [
    readOnly(
      'documentationUri',
      "An HTTP-addressable URL pointing to the service provider's human-consumable help documentation.",
      LINK,
    ),
    readOnlyComplex('patch', 'A complex type that specifies PATCH configuration options.', [supported], REQUIRED),
    readOnlyComplex(
      'bulk',
      'A complex type that specifies bulk configuration options.',
      [
        supported,
        readOnly('maxOperations', 'An integer value specifying the maximum number of operations.', NUMBER),
        readOnly('maxPayloadSize', 'An integer value specifying the maximum payload size in bytes.', NUMBER),
      ],
      REQUIRED,
    ),
    readOnlyComplex(
      'filter',
      'A complex type that specifies FILTER options.',
      [
        supported,
        readOnly(
          'maxResults',
          'An integer value specifying the maximum number of resources returned in a response.',
          NUMBER,
        ),
      ],
      REQUIRED,
    ),
    readOnlyComplex(
      'changePassword',
      'A complex type that specifies configuration options related to changing a password.',
      [supported],
      REQUIRED,
    ),
    readOnlyComplex('sort', 'A complex type that specifies sort result options.', [supported], REQUIRED),
    readOnlyComplex('etag', 'A complex type that specifies ETag configuration options.', [supported], REQUIRED),
    readOnlyComplex(
      'authenticationSchemes',
      'A complex type that specifies supported authentication scheme properties.',
      [
        readOnly('type', 'The kind of scheme.', {
          ...REQUIRED,
          canonicalValues: ['oauth', 'oauth2', 'oauthbearertoken', 'httpbasic', 'httpdigest'],
        }),
        readOnly('name', 'The common authentication scheme name, e.g., HTTP Basic.', REQUIRED),
        readOnly('description', 'A description of the authentication scheme.', REQUIRED),
        readOnly('specUri', "An HTTP-addressable URL pointing to the authentication scheme's specification.", LINK),
        readOnly(
          'documentationUri',
          "An HTTP-addressable URL pointing to the authentication scheme's usage documentation.",
          LINK,
        ),
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
  description: 'Specifies the schema that describes a SCIM resource type',
  attributes: [
    readOnly('id', "The resource type's server unique id. May be the same as the 'name' attribute.", {
      caseExact: true,
    }),
    readOnly(
      'name',
      "The resource type name.  When applicable, service providers MUST specify the name, e.g., 'User'.",
      REQUIRED,
    ),
    readOnly(
      'description',
      "The resource type's human-readable description.  When applicable, service providers MUST specify the description.",
    ),
    readOnly('endpoint', "The resource type's HTTP-addressable endpoint relative to the Base URL, e.g., '/Users'.", {
      ...URN,
      ...REQUIRED,
    }),
    readOnly('schema', "The resource type's primary/base schema URI.", { ...URN, ...REQUIRED }),
    readOnlyComplex(
      'schemaExtensions',
      "A list of URIs of the resource type's schema extensions.",
      [
        readOnly('schema', 'The URI of a schema extension.', { ...URN, ...REQUIRED }),
        readOnly(
          'required',
          'A Boolean value that specifies whether or not the schema extension is required for the resource type.  If true, a resource of this type MUST include this schema extension and also include any attributes declared as required in this schema extension. If false, a resource of this type MAY omit this schema extension.',
          FLAG,
        ),
      ],
      { multiValued: true },
    ),
  ],
};

/** The characteristics of an attribute (RFC 7643 §7). */
const CHARACTERISTICS: readonly Attribute[] = [
  readOnly('name', "The attribute's name.", { ...REQUIRED, caseExact: true }),
  readOnly(
    'type',
    "The attribute's data type. Valid values include 'string', 'complex', 'boolean', 'decimal', 'integer', 'dateTime', 'reference'.",
    {
      ...REQUIRED,
      canonicalValues: ['string', 'boolean', 'decimal', 'integer', 'dateTime', 'reference', 'binary', 'complex'],
    },
  ),
  readOnly('multiValued', "A Boolean value indicating an attribute's plurality.", FLAG),
  readOnly('description', 'A human-readable description of the attribute.', { caseExact: true }),
  readOnly('required', 'A boolean value indicating whether or not the attribute is required.', { type: 'boolean' }),
  readOnly(
    'canonicalValues',
    "A collection of canonical values.  When applicable, service providers MUST specify the canonical types, e.g., 'work', 'home'.",
    { multiValued: true, caseExact: true },
  ),
  readOnly('caseExact', 'A Boolean value indicating whether or not a string attribute is case sensitive.', {
    type: 'boolean',
  }),
  readOnly('mutability', 'Indicates whether or not an attribute is modifiable.', {
    caseExact: true,
    canonicalValues: ['readOnly', 'readWrite', 'immutable', 'writeOnly'],
  }),
  readOnly('returned', 'Indicates when an attribute is returned in a response (e.g., to a query).', {
    caseExact: true,
    canonicalValues: ['always', 'never', 'default', 'request'],
  }),
  readOnly('uniqueness', 'Indicates how unique a value must be.', {
    caseExact: true,
    canonicalValues: ['none', 'server', 'global'],
  }),
  readOnly(
    'referenceTypes',
    "Used only with an attribute of type 'reference'.  Specifies a SCIM resourceType that a reference attribute MAY refer to, e.g., 'User'.",
    {
      multiValued: true,
      caseExact: true,
    },
  ),
];

/** RFC 7643 §7, §8.7.2, which by mistake repeats the description of `name` for `description`. */
const SCHEMA: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:Schema',
  name: 'Schema',
  description: 'Specifies the schema that describes a SCIM schema',
  attributes: [
    readOnly('id', 'The unique URI of the schema. When applicable, service providers MUST specify the URI.', {
      ...REQUIRED,
      caseExact: true,
    }),
    readOnly(
      'name',
      "The schema's human-readable name. When applicable, service providers MUST specify the name, e.g., 'User'.",
    ),
    readOnly('description', "The schema's human-readable description."),
    readOnlyComplex(
      'attributes',
      'A complex attribute that includes the attributes of a schema.',
      [
        ...CHARACTERISTICS,
        readOnlyComplex('subAttributes', 'Used to define the sub-attributes of a complex attribute.', CHARACTERISTICS, {
          multiValued: true,
        }),
      ],
      { ...REQUIRED, multiValued: true },
    ),
  ],
};

/** The schemas of the discovery resources. */
export const SERVICE_SCHEMAS: readonly Schema[] = [SERVICE_PROVIDER_CONFIG, RESOURCE_TYPE, SCHEMA];
