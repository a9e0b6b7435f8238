import { BULK_LIMITS } from '../bulk-limits.js';
import { type ScimAttributes } from '../json.js';
import { listResponse } from '../list-response.js';
import { CURSOR_SECONDS, PAGE_LIMITS } from '../paging.js';
import { type Attribute, type ResourceType, type Schema } from './attribute.js';
import { type ResourceTypes } from './profile.js';
import { SERVICE_SCHEMAS } from './service-schemas.js';

/** The supported features, used by discovery and by the rendering of resources. */
export const FEATURES = {
  patch: true,
  bulk: true,
  filter: true,
  changePassword: false,
  sort: true,
  etag: true,
} as const;

/** The authentication schemes for SCIM clients (RFC 7643 §5). */
const AUTHENTICATION_SCHEMES = {
  oauthbearertoken: {
    name: 'OAuth Bearer Token',
    description: 'A bearer token of this integration in the Authorization header.',
    specUri: 'https://www.rfc-editor.org/rfc/rfc6750',
  },
  oauth2: {
    name: 'OAuth 2.0',
    description: 'An access token issued by the authorization server of this integration.',
    specUri: 'https://www.rfc-editor.org/rfc/rfc6749',
  },
} as const;
export type AuthenticationScheme = keyof typeof AUTHENTICATION_SCHEMES;

/**
 * @param baseUrl of the integration's SCIM endpoint, without a trailing slash
 * @param schemes that the service accepts, the preferred one first
 * @returns the response of `/ServiceProviderConfig` (RFC 7643 §5, RFC 9865 §4)
 */
export function serviceProviderConfig(baseUrl: string, schemes: readonly AuthenticationScheme[]): ScimAttributes {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
    patch: { supported: FEATURES.patch },
    bulk: { supported: FEATURES.bulk, ...BULK_LIMITS },
    filter: { supported: FEATURES.filter, maxResults: PAGE_LIMITS.maxCount },
    changePassword: { supported: FEATURES.changePassword },
    sort: { supported: FEATURES.sort },
    etag: { supported: FEATURES.etag },
    authenticationSchemes: schemes.map((type, index) => ({
      type,
      ...AUTHENTICATION_SCHEMES[type],
      ...(index === 0 ? { primary: true } : {}),
    })),
    pagination: {
      cursor: true,
      index: true,
      defaultPaginationMethod: 'index',
      defaultPageSize: PAGE_LIMITS.defaultCount,
      maxPageSize: PAGE_LIMITS.maxCount,
      cursorTimeout: CURSOR_SECONDS,
    },
    meta: { resourceType: 'ServiceProviderConfig', location: `${baseUrl}/ServiceProviderConfig` },
  };
}

/** All schemas of the integration's resources and of discovery, without the duplicates of extensions that both types use. */
function schemasOf({ User, Group }: ResourceTypes): readonly Schema[] {
  const all = [User, Group].flatMap(({ schema, extensions }) => [schema, ...extensions]);
  return [...new Map([...all, ...SERVICE_SCHEMAS].map((schema) => [schema.id.toLowerCase(), schema])).values()];
}

/** @returns the response of `/Schemas` (RFC 7643 §7) */
export function schemasList(types: ResourceTypes, baseUrl: string): ScimAttributes {
  return wholeList(schemasOf(types).map((schema) => renderSchema(schema, baseUrl)));
}

/** @returns the response of `/Schemas/{id}`, or undefined when no schema has the id */
export function schemaById(types: ResourceTypes, id: string, baseUrl: string): ScimAttributes | undefined {
  const schema = schemasOf(types).find((candidate) => candidate.id.toLowerCase() === id.toLowerCase());
  return schema && renderSchema(schema, baseUrl);
}

/** @returns the response of `/ResourceTypes` (RFC 7643 §6) */
export function resourceTypesList({ User, Group }: ResourceTypes, baseUrl: string): ScimAttributes {
  return wholeList([User, Group].map((type) => renderResourceType(type, baseUrl)));
}

/** @returns the response of `/ResourceTypes/{name}`, or undefined when no type has the name */
export function resourceTypeByName(
  { User, Group }: ResourceTypes,
  name: string,
  baseUrl: string,
): ScimAttributes | undefined {
  const type = [User, Group].find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
  return type && renderResourceType(type, baseUrl);
}

const wholeList = (resources: ScimAttributes[]): ScimAttributes =>
  listResponse(resources, { totalResults: resources.length, startIndex: 1 });

function renderSchema({ id, name, description, attributes }: Schema, baseUrl: string): ScimAttributes {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
    id,
    name,
    description,
    attributes: attributes.map(renderAttribute),
    meta: { resourceType: 'Schema', location: `${baseUrl}/Schemas/${id}` },
  };
}

function renderAttribute(attribute: Attribute): ScimAttributes {
  const { canonicalValues, referenceTypes, subAttributes, usableInRules: _, ...rest } = attribute;
  return {
    ...rest,
    ...(canonicalValues ? { canonicalValues: [...canonicalValues] } : {}),
    ...(referenceTypes ? { referenceTypes: [...referenceTypes] } : {}),
    ...(subAttributes ? { subAttributes: subAttributes.map(renderAttribute) } : {}),
  };
}

function renderResourceType(
  { name, endpoint, description, schema, extensions }: ResourceType,
  baseUrl: string,
): ScimAttributes {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
    id: name,
    name,
    endpoint,
    description,
    schema: schema.id,
    schemaExtensions: extensions.map((extension) => ({ schema: extension.id, required: false })),
    meta: { resourceType: 'ResourceType', location: `${baseUrl}/ResourceTypes/${name}` },
  };
}
