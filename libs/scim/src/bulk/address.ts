import { ScimError, type ScimErrorCode } from '../errors.js';
import { type ResourceType } from '../schema/attribute.js';
import { GROUP } from '../schema/group.js';
import { USER } from '../schema/user.js';
import { isStorable } from '../storable.js';

export type BulkMethod = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** The target of a path: the endpoint of a type or, with an id (which may be `bulkId:x`), one resource of the type. */
export type BulkAddress = { type: ResourceType['name']; id?: string };

const MAX_ID_CHARACTERS = 1024;
const TYPES = new Map([USER, GROUP].map(({ endpoint, name }) => [endpoint.slice(1), name]));

/** Endpoints that a single request may call and a bulk operation may not: first segment of the path → the error. */
const REFUSED: Readonly<Record<string, readonly [ScimErrorCode, string]>> = {
  Bulk: ['invalidSyntax', 'A bulk request cannot contain another bulk request.'],
  '.search': ['invalidSyntax', 'A bulk request cannot contain a search.'],
  Me: ['notImplemented', '"/Me" is not supported in a bulk request.'],
  ServiceProviderConfig: ['methodNotAllowed', 'This resource is read-only.'],
  ResourceTypes: ['methodNotAllowed', 'This resource is read-only.'],
  Schemas: ['methodNotAllowed', 'This resource is read-only.'],
};

/**
 * Reads the path of an operation (RFC 7644 §3.7): relative to the base URL, with or without a leading slash, or a URL
 * below it. A POST needs the endpoint of a type, every other method the path of one resource.
 * @throws ScimError invalidSyntax for a malformed path or one that does not fit the method, notFound for an unknown path,
 *   methodNotAllowed and notImplemented for endpoints that bulk requests do not support
 */
export function readAddress(path: string | undefined, method: BulkMethod, baseUrl: string): BulkAddress {
  if (!path) throw new ScimError('invalidSyntax', 'An operation needs a "path".');
  const below = path.startsWith(`${baseUrl}/`) ? path.slice(baseUrl.length) : path;
  if (/[?#]/.test(below)) throw new ScimError('invalidSyntax', '"path" must not contain a query or fragment.');
  const [endpoint = '', id, ...rest] = below.replace(/^\//, '').split('/').map(decoded);
  const refused = Object.hasOwn(REFUSED, endpoint) ? REFUSED[endpoint] : id === '.search' && REFUSED[id];
  if (refused) throw new ScimError(...refused);
  const type = TYPES.get(endpoint);
  const isUnknown = rest.length > 0 || (id !== undefined && (id.length > MAX_ID_CHARACTERS || !isStorable(id)));
  if (!type || isUnknown) throw new ScimError('notFound', '"path" does not match any resource.');
  if (method === 'POST' && !id) return { type };
  if (method === 'POST')
    throw new ScimError('invalidSyntax', 'The "path" of a POST must be a resource type endpoint, such as "/Users".');
  if (!id)
    throw new ScimError('invalidSyntax', `The "path" of a ${method} must include a resource id, such as "/Users/123".`);
  return { type, id };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new ScimError('invalidSyntax', '"path" is not a valid URL path.');
  }
}
