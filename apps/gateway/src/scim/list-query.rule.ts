import { type ScimListQuery } from '@tidegate/contracts';
import {
  type Dialect,
  PAGE_LIMITS,
  type Projection,
  ScimError,
  type SearchRequest,
  tolerates,
  invalidCount,
} from '@tidegate/scim';

const MAX_INDEX = 2_147_483_647;

/**
 * What a list asks (RFC 7644 §3.4.2): values below the range mean its beginning, as the RFC says, and a page may always
 * be shorter than asked. By cursor the first page is asked for with an empty one, and has one result at least
 * (RFC 9865 §2).
 * @throws ScimError invalidCount when a page by cursor is to have none
 */
export function listQuery(request: SearchRequest, baseUrl: string): ScimListQuery {
  const { filter, sortBy, sortOrder, cursor, startIndex = 1, count = PAGE_LIMITS.defaultCount } = request;
  if (cursor !== undefined && count < 1) throw invalidCount();
  return {
    baseUrl,
    ...(filter === undefined ? {} : { filter }),
    ...(sortBy === undefined || sortBy === '' ? {} : { sortBy }),
    ...(sortOrder === undefined ? {} : { sortOrder }),
    startIndex: clamp(startIndex, 1, MAX_INDEX),
    count: clamp(count, 0, PAGE_LIMITS.maxCount),
    ...(cursor === undefined ? {} : { cursor }),
  };
}

/** Where a page begins, as its answer tells it: by cursor no index is known. */
export const indexOf = ({ startIndex, cursor }: ScimListQuery): { startIndex?: number } =>
  cursor === undefined ? { startIndex } : {};

/**
 * What of each resource is shown. A list of no names is as if it were not given.
 * @throws ScimError invalidValue when a client that is taken by the letter gives both lists (RFC 7644 §3.9)
 */
export function projectionOf(
  { attributes = '', excludedAttributes = '' }: SearchRequest,
  dialect: Dialect,
): Projection {
  const [only, without] = [attributes.trim() !== '', excludedAttributes.trim() !== ''];
  if (only && without && !tolerates(dialect, 'bothProjections'))
    throw new ScimError('invalidValue', '"attributes" and "excludedAttributes" exclude one another.');
  return { ...(only ? { attributes } : {}), ...(without ? { excludedAttributes } : {}) };
}

const clamp = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most);
