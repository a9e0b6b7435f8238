import { BEFORE_ALL, type Command, type IfMatch, isId, MAX_PAGE, type PageQuery, Refusal } from '@tidegate/contracts';
import { DEFAULT_PROFILE, resourceTypes, type ResourceTypes, ScimError } from '@tidegate/scim';

/**
 * @returns the integration of a command that requires exactly one, such as creates and lists
 * @throws Refusal `invalid` for none or several
 */
export function oneIntegration({ name, integrationIds: [id, ...others] }: Command): string {
  if (id === undefined || others.length > 0) throw new Refusal('invalid', `${name} requires exactly one integration.`);
  return id;
}

/**
 * The start and the length of a page.
 * @returns `after`, the id before the first id of the page, and `limit`, 1 to `MAX_PAGE`
 * @throws Refusal `invalid` for an invalid cursor
 */
export function sliceOf({ cursor, limit }: PageQuery): { after: string; limit: number } {
  return { after: cursorId(cursor ?? ''), limit: clamp(limit, 1, MAX_PAGE) };
}

/**
 * @param cursor an id, or empty for the first page
 * @returns the id after which the page starts
 * @throws Refusal `invalid` for any other text
 */
export function cursorId(cursor: string): string {
  if (cursor === '') return BEFORE_ALL;
  if (!isId(cursor)) throw new Refusal('invalid', 'The cursor is invalid.');
  return cursor;
}

/** Limits a value to the range from `min` to `max` and truncates it to an integer. NaN becomes `min`. */
export function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, Math.trunc(value) || min));
}

/**
 * Checks the If-Match condition of a write (RFC 7644 §3.14, RFC 9110 §13.1.1).
 * @param ifMatch the versions that the client accepts
 * @param version the current version of the resource
 * @throws ScimError preconditionFailed, with the current version in its text
 */
export function expectVersion(ifMatch: IfMatch | undefined, version: number): void {
  if (ifMatch === undefined || ifMatch === '*' || ifMatch.includes(version)) return;
  throw new ScimError('preconditionFailed', `The resource has version W/"${version}", which is not in If-Match.`);
}

/** @returns the resource types of the command's integration, by its SCIM profile */
export function typesOf({ context }: Command): ResourceTypes {
  return resourceTypes(context.scim ?? DEFAULT_PROFILE);
}
