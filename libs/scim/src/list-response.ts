import { type ScimAttributes } from './json.js';

const LIST_URN = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';

/** Where a page is: by index (RFC 7644 §3.4.2.4) or by cursors (RFC 9865 §2). */
export type Page = {
  /** How many there are in all. */
  totalResults: number;
  /** Of the first on this page, counted from 1. A page by cursor needs none. */
  startIndex?: number;
  nextCursor?: string;
  previousCursor?: string;
};

/**
 * The body of a list (RFC 7644 §3.4.2).
 * @param resources those of this page
 */
export function listResponse(resources: ScimAttributes[], { totalResults, ...place }: Page): ScimAttributes {
  const told = Object.entries(place).filter((entry): entry is [string, string | number] => entry[1] !== undefined);
  return {
    schemas: [LIST_URN],
    totalResults,
    itemsPerPage: resources.length,
    ...Object.fromEntries(told),
    Resources: resources,
  };
}
