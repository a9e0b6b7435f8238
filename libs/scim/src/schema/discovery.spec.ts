import {
  BULK_LIMITS,
  CURSOR_SECONDS,
  DEFAULT_PROFILE,
  PAGE_LIMITS,
  parseExtensions,
  resourceTypeByName,
  resourceTypes,
  resourceTypesList,
  schemaById,
  schemasList,
  type ScimAttributes,
  serviceProviderConfig,
} from '../index.js';
import { type Attribute, findAttribute, type Schema } from './attribute.js';
import { COMMON } from './common.js';
import { ENTERPRISE_USER_SCHEMA } from './enterprise-user.js';
import { GROUP_SCHEMA } from './group.js';
import { SERVICE_SCHEMAS } from './service-schemas.js';
import { USER_SCHEMA } from './user.js';

const BASE = 'https://tidegate.example/scim/v2/1';
const BADGE = 'urn:example:scim:1.0:Badge';
const plain = resourceTypes(DEFAULT_PROFILE);
const badge = { id: BADGE, name: 'Badge', attributes: [{ name: 'number', returned: 'request' }] };
const extensions = parseExtensions({ User: [badge], Group: [badge] });
const own = resourceTypes({ dialect: 'strict', extensions });
const idsIn = (list: ScimAttributes) => (list['Resources'] as ScimAttributes[]).map(({ id }) => id);

test('ServiceProviderConfig contains the limits of the service', () => {
  expect(serviceProviderConfig(BASE, ['oauthbearertoken', 'oauth2'])).toEqual({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
    patch: { supported: true },
    bulk: { supported: true, ...BULK_LIMITS },
    filter: { supported: true, maxResults: PAGE_LIMITS.maxCount },
    changePassword: { supported: false },
    sort: { supported: true },
    etag: { supported: true },
    authenticationSchemes: [
      expect.objectContaining({ type: 'oauthbearertoken', primary: true }),
      expect.not.objectContaining({ primary: true }),
    ],
    pagination: {
      cursor: true,
      index: true,
      defaultPaginationMethod: 'index',
      defaultPageSize: PAGE_LIMITS.defaultCount,
      maxPageSize: PAGE_LIMITS.maxCount,
      cursorTimeout: CURSOR_SECONDS,
    },
    meta: { resourceType: 'ServiceProviderConfig', location: `${BASE}/ServiceProviderConfig` },
  });
});

test('schemas and resource types are those of the integration', () => {
  const service = SERVICE_SCHEMAS.map(({ id }) => id);
  const core = [USER_SCHEMA.id, ENTERPRISE_USER_SCHEMA.id];
  expect(idsIn(schemasList(plain, BASE))).toEqual([...core, GROUP_SCHEMA.id, ...service]);
  expect(idsIn(schemasList(own, BASE))).toEqual([...core, BADGE, GROUP_SCHEMA.id, ...service]);
  expect(schemaById(plain, BADGE, BASE)).toBeUndefined();
  expect(schemaById(own, BADGE.toUpperCase(), BASE)).toMatchObject({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
    id: BADGE,
    attributes: [{ name: 'number', type: 'string', returned: 'request' }],
    meta: { resourceType: 'Schema', location: `${BASE}/Schemas/${BADGE}` },
  });
  expect(resourceTypesList(own, BASE)).toMatchObject({ totalResults: 2, itemsPerPage: 2, startIndex: 1 });
  expect(resourceTypeByName(own, 'user', BASE)).toEqual({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
    id: 'User',
    name: 'User',
    endpoint: '/Users',
    description: 'User Account',
    schema: USER_SCHEMA.id,
    schemaExtensions: [ENTERPRISE_USER_SCHEMA.id, BADGE].map((schema) => ({ schema, required: false })),
    meta: { resourceType: 'ResourceType', location: `${BASE}/ResourceTypes/User` },
  });
});

test.each(['__proto__', 'constructor', '', 'Users', 'urn:x'])('"%s" is unknown', (name) => {
  expect(schemaById(own, name, BASE)).toBeUndefined();
  expect(resourceTypeByName(own, name, BASE)).toBeUndefined();
});

const described = (answers: ScimAttributes[], id: string): [string, ScimAttributes, Schema][] =>
  answers.map((answer) => [id, answer, SERVICE_SCHEMAS.find((schema) => schema.id === id)!]);
const resources = (list: ScimAttributes) => list['Resources'] as ScimAttributes[];

test.each([
  ...described([serviceProviderConfig(BASE, ['oauthbearertoken'])], SERVICE_SCHEMAS[0]!.id),
  ...described(resources(resourceTypesList(own, BASE)), SERVICE_SCHEMAS[1]!.id),
  ...described(resources(schemasList(own, BASE)), SERVICE_SCHEMAS[2]!.id),
])('the discovery responses match their schema %s', (_id, answer, { attributes }) => {
  const fits = (value: unknown, among: readonly Attribute[]): string[] => {
    if (Array.isArray(value)) return value.flatMap((item) => fits(item, among));
    if (typeof value !== 'object' || value === null) return [];
    const missing = among.filter(({ name, required }) => required && !Object.hasOwn(value, name));
    const strange = Object.entries(value).flatMap(([name, inner]) => {
      const attribute = findAttribute(among, name);
      // The Schema schema is recursive: sub-attributes can have sub-attributes.
      const within = name === 'subAttributes' ? among : attribute?.subAttributes;
      return attribute ? fits(inner, within ?? []) : [name];
    });
    return [...missing.map(({ name }) => `${name} is missing`), ...strange];
  };
  expect(fits(answer, [...attributes, ...COMMON])).toEqual([]);
  expect(JSON.parse(JSON.stringify(answer))).toEqual(answer);
});

test.each([
  [USER_SCHEMA.id, 'active', undefined, "A Boolean value indicating the User's administrative status."],
  [
    USER_SCHEMA.id,
    'name',
    'middleName',
    "The middle name(s) of the User (e.g., 'Jane' given the full name 'Ms. Barbara J Jensen, III').",
  ],
  [USER_SCHEMA.id, 'photos', 'type', "A label indicating the attribute's function, i.e., 'photo' or 'thumbnail'."],
  [
    USER_SCHEMA.id,
    'roles',
    'primary',
    "A Boolean value indicating the 'primary' or preferred attribute value for this attribute.  The primary attribute value 'True' MUST appear no more than once.",
  ],
  [
    ENTERPRISE_USER_SCHEMA.id,
    'manager',
    'value',
    "The id of the SCIM resource representing the User's manager.  REQUIRED.",
  ],
  ['urn:ietf:params:scim:schemas:core:2.0:Group', 'members', undefined, 'A list of members of the Group.'],
  [
    'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig',
    'bulk',
    'maxPayloadSize',
    'An integer value specifying the maximum payload size in bytes.',
  ],
  [
    'urn:ietf:params:scim:schemas:core:2.0:ResourceType',
    'schemaExtensions',
    'schema',
    'The URI of a schema extension.',
  ],
  ['urn:ietf:params:scim:schemas:core:2.0:Schema', 'attributes', 'uniqueness', 'Indicates how unique a value must be.'],
])('/Schemas has the descriptions of RFC 7643 §8.7.1 and §8.7.2: %s %s %s', (id, name, sub, description) => {
  const { attributes } = schemaById(own, id, BASE) as unknown as Schema;
  const attribute = findAttribute(attributes, name)!;
  expect((sub ? findAttribute(attribute.subAttributes!, sub)! : attribute).description).toBe(description);
});

test.each([
  ['entra', 'server'],
  ['okta', 'none'],
  ['strict', 'none'],
] as const)('in the dialect %s /Schemas shows the uniqueness of group names: %s', (dialect, uniqueness) => {
  const types = resourceTypes({ ...DEFAULT_PROFILE, dialect });
  const { attributes } = schemaById(types, GROUP_SCHEMA.id, BASE) as unknown as Schema;
  expect(findAttribute(attributes, 'displayName')).toMatchObject({ uniqueness });
});
