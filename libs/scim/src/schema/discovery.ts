import { type ScimAttributes } from '../json.js';
import { listResponse } from '../list-response.js';
import { type Attribute, type ResourceType, type Schema } from './attribute.js';
import { GROUP } from './group.js';
import { USER } from './user.js';

/** What this service can do; the discovery answers and the rendering of resources both read it. */
export const FEATURES = {
  patch: true,
  bulk: false,
  filter: true,
  maxResults: 200,
  changePassword: false,
  sort: true,
  etag: true,
} as const;

const RESOURCE_TYPES: readonly ResourceType[] = [USER, GROUP];
const SCHEMAS: readonly Schema[] = RESOURCE_TYPES.flatMap((type) => [type.schema, ...type.extensions]);

/**
 * The answer of `/ServiceProviderConfig` (RFC 7643 §5).
 * @param baseUrl of the integration's SCIM endpoint, without a slash at its end
 */
export function serviceProviderConfig(baseUrl: string): ScimAttributes {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
    patch: { supported: FEATURES.patch },
    bulk: { supported: FEATURES.bulk, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: FEATURES.filter, maxResults: FEATURES.maxResults },
    changePassword: { supported: FEATURES.changePassword },
    sort: { supported: FEATURES.sort },
    etag: { supported: FEATURES.etag },
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'OAuth Bearer Token',
        description: 'A bearer token of this integration in the Authorization header.',
        specUri: 'https://www.rfc-editor.org/rfc/rfc6750',
        primary: true,
      },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${baseUrl}/ServiceProviderConfig` },
  };
}

/** The answer of `/Schemas` (RFC 7643 §7). */
export function schemasList(baseUrl: string): ScimAttributes {
  return wholeList(SCHEMAS.map((schema) => renderSchema(schema, baseUrl)));
}

/** The answer of `/Schemas/{id}`, or undefined when there is no such schema. */
export function schemaById(id: string, baseUrl: string): ScimAttributes | undefined {
  const schema = SCHEMAS.find((candidate) => candidate.id.toLowerCase() === id.toLowerCase());
  return schema && renderSchema(schema, baseUrl);
}

/** The answer of `/ResourceTypes` (RFC 7643 §6). */
export function resourceTypesList(baseUrl: string): ScimAttributes {
  return wholeList(RESOURCE_TYPES.map((type) => renderResourceType(type, baseUrl)));
}

/** The answer of `/ResourceTypes/{name}`, or undefined when there is no such type. */
export function resourceTypeByName(name: string, baseUrl: string): ScimAttributes | undefined {
  const type = RESOURCE_TYPES.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
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

function renderAttribute({ canonicalValues, referenceTypes, subAttributes, ...rest }: Attribute): ScimAttributes {
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
