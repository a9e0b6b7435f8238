import { BEFORE_ALL, type Command, type IfMatch, isId, MAX_PAGE, type PageQuery, Refusal } from '@tidegate/contracts';
import { DEFAULT_PROFILE, resourceTypes, type ResourceTypes, ScimError } from '@tidegate/scim';

/**
 * The integration of a command that is about exactly one: what makes something new, and lists.
 * @throws Refusal `invalid`
 */
export function oneIntegration({ name, integrationIds: [id, ...others] }: Command): string {
  if (id === undefined || others.length > 0) throw new Refusal('invalid', `${name} is about one integration.`);
  return id;
}

/**
 * Where a page begins and how long it is.
 * @returns `after`, the id that the page begins after, and `limit`, 1 to `MAX_PAGE`
 * @throws Refusal `invalid` for a cursor that no page gave
 */
export function sliceOf({ cursor, limit }: PageQuery): { after: string; limit: number } {
  return { after: cursorId(cursor ?? ''), limit: clamp(limit, 1, MAX_PAGE) };
}

/** @throws Refusal `invalid` for a cursor that no page gave; the empty one means the beginning */
export function cursorId(cursor: string): string {
  if (cursor === '') return BEFORE_ALL;
  if (!isId(cursor)) throw new Refusal('invalid', 'The cursor is not one that a page gave.');
  return cursor;
}

/** The whole number nearest to `value` within the bounds; the lower bound for what is no number. */
export function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, Math.trunc(value) || min));
}

/**
 * Holds a write of a resource that exists to the versions its client knows (RFC 7644 §3.14, RFC 9110 §13.1.1).
 * @throws ScimError preconditionFailed, which names the version that the resource has
 */
export function expectVersion(ifMatch: IfMatch | undefined, version: number): void {
  if (ifMatch === undefined || ifMatch === '*' || ifMatch.includes(version)) return;
  throw new ScimError('preconditionFailed', `The resource has version W/"${version}", which If-Match does not name.`);
}

/** The resource types as the command's integration has them. */
export function typesOf({ context }: Command): ResourceTypes {
  return resourceTypes(context.scim ?? DEFAULT_PROFILE);
}
