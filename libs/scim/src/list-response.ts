import { type ScimAttributes } from './json.js';

export const LIST_URN = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';

/**
 * The body of a list (RFC 7644 §3.4.2).
 * @param resources those of this page
 * @param totalResults how many there are in all
 * @param startIndex of the first on this page, counted from 1
 */
export function listResponse(
  resources: ScimAttributes[],
  { totalResults, startIndex }: { totalResults: number; startIndex: number },
): ScimAttributes {
  return { schemas: [LIST_URN], totalResults, startIndex, itemsPerPage: resources.length, Resources: resources };
}
