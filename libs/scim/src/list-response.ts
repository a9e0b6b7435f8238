import { type ScimAttributes } from './json.js';

const LIST_URN = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';

/** The position of a page: by index (RFC 7644 §3.4.2.4) or by cursors (RFC 9865 §2). */
export type Page = {
  /** Total number of matching resources. */
  totalResults: number;
  /** 1-based index of the first resource on this page; absent for pages by cursor. */
  startIndex?: number;
  nextCursor?: string;
  previousCursor?: string;
};

/**
 * @param resources of this page
 * @returns the body of a list response (RFC 7644 §3.4.2)
 */
export function listResponse(resources: ScimAttributes[], { totalResults, ...position }: Page): ScimAttributes {
  const assigned = Object.entries(position).filter(
    (entry): entry is [string, string | number] => entry[1] !== undefined,
  );
  return {
    schemas: [LIST_URN],
    totalResults,
    itemsPerPage: resources.length,
    ...Object.fromEntries(assigned),
    Resources: resources,
  };
}
