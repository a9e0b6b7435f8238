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
 * Parses the parameters of a list (RFC 7644 §3.4.2). Values below the range are raised to its start, as the RFC requires;
 * `count` is limited. An empty cursor requests the first page (RFC 9865 §2).
 * @throws ScimError invalidCount for a cursor with a count below 1
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

/** @returns the start index for the response; none with a cursor */
export const indexOf = ({ startIndex, cursor }: ScimListQuery): { startIndex?: number } =>
  cursor === undefined ? { startIndex } : {};

/**
 * @returns the attributes to include or exclude; empty lists are ignored
 * @throws ScimError invalidValue for both lists in the strict dialect (RFC 7644 §3.9)
 */
export function projectionOf(
  { attributes = '', excludedAttributes = '' }: SearchRequest,
  dialect: Dialect,
): Projection {
  const [only, without] = [attributes.trim() !== '', excludedAttributes.trim() !== ''];
  if (only && without && !tolerates(dialect, 'bothProjections'))
    throw new ScimError('invalidValue', 'Send either "attributes" or "excludedAttributes", not both.');
  return { ...(only ? { attributes } : {}), ...(without ? { excludedAttributes } : {}) };
}

const clamp = (value: number, min: number, max: number): number => Math.min(Math.max(value, min), max);
