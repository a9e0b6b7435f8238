import { ScimError, type ScimErrorCode } from '../errors.js';
import { type ResourceType } from '../schema/attribute.js';
import { GROUP } from '../schema/group.js';
import { USER } from '../schema/user.js';
import { isStorable } from '../storable.js';

export type BulkMethod = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What a path leads to: the endpoint of a type, or with an id, which may be `bulkId:x`, one resource of the type. */
export type BulkAddress = { type: ResourceType['name']; id?: string };

const MAX_ID_CHARACTERS = 1024;
const TYPES = new Map([USER, GROUP].map(({ endpoint, name }) => [endpoint.slice(1), name]));

/** What a single request may go to and an operation may not: first segment of the path → the refusal. */
const REFUSED: Readonly<Record<string, readonly [ScimErrorCode, string]>> = {
  Bulk: ['invalidSyntax', 'A bulk request cannot hold another.'],
  '.search': ['invalidSyntax', 'A search is no operation of a bulk request.'],
  Me: ['notImplemented', '"/Me" is no path of a bulk request.'],
  ServiceProviderConfig: ['methodNotAllowed', 'What describes this server cannot be changed.'],
  ResourceTypes: ['methodNotAllowed', 'What describes this server cannot be changed.'],
  Schemas: ['methodNotAllowed', 'What describes this server cannot be changed.'],
};

/**
 * Reads the path of an operation (RFC 7644 §3.7): relative to the endpoint, with or without a slash, or a URL below it.
 * A POST goes to the endpoint of a type, every other method to one resource.
 * @throws ScimError invalidSyntax for what is no path or does not go with the method, notFound for what leads nowhere,
 *   methodNotAllowed and notImplemented for what a bulk does not touch
 */
export function readAddress(path: string | undefined, method: BulkMethod, baseUrl: string): BulkAddress {
  if (!path) throw new ScimError('invalidSyntax', 'An operation needs a "path".');
  const below = path.startsWith(`${baseUrl}/`) ? path.slice(baseUrl.length) : path;
  if (/[?#]/.test(below)) throw new ScimError('invalidSyntax', '"path" cannot have a query.');
  const [endpoint = '', id, ...rest] = below.replace(/^\//, '').split('/').map(decoded);
  const refused = Object.hasOwn(REFUSED, endpoint) ? REFUSED[endpoint] : id === '.search' && REFUSED[id];
  if (refused) throw new ScimError(...refused);
  const type = TYPES.get(endpoint);
  const leadsNowhere = rest.length > 0 || (id !== undefined && (id.length > MAX_ID_CHARACTERS || !isStorable(id)));
  if (!type || leadsNowhere) throw new ScimError('notFound', 'There is nothing at this path.');
  if (method === 'POST' && !id) return { type };
  if (method === 'POST') throw new ScimError('invalidSyntax', 'The path of a POST is that of a resource type.');
  if (!id) throw new ScimError('invalidSyntax', `The path of a ${method} is that of one resource.`);
  return { type, id };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new ScimError('invalidSyntax', '"path" is not well-formed.');
  }
}
