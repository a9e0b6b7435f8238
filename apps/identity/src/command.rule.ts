import { type Command, type PageQuery, Refusal } from '@tidegate/contracts';

/** Ids are given by this service, so any other spelling of a UUID is an unknown id too (SCIM ids are case-exact). */
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Sorts before every id: pages that begin at the beginning begin after it. */
export const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** True for what could be an id of a user or group. Ids come from URLs and bodies: anything may stand there. */
export function isId(text: string): boolean {
  return ID.test(text);
}

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
 * @returns `after`, the id that the page begins after, and `limit`, 1–200
 * @throws Refusal `invalid` for a cursor that no page gave
 */
export function pageOf({ cursor, limit }: PageQuery): { after: string; limit: number } {
  return { after: cursorId(cursor ?? ''), limit: within(limit, 1, 200) };
}

/** @throws Refusal `invalid` for a cursor that no page gave; the empty one means the beginning */
export function cursorId(cursor: string): string {
  if (cursor === '') return BEFORE_ALL;
  if (!isId(cursor)) throw new Refusal('invalid', 'The cursor is not one that a page gave.');
  return cursor;
}

/** The whole number nearest to `value` within the bounds; the lower bound for what is no number. */
export function within(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, Math.trunc(value) || min));
}
