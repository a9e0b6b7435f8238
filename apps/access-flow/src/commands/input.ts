import { FLOW_LIMITS, isUuid, MAX_PAGE, type Member, type PageQuery, Refusal } from '@tidegate/contracts';

/** NUL, or half of a surrogate pair: no UTF-8 database can hold it. */
const UNSTORABLE = /\0|\p{Surrogate}/u;

/**
 * @param what the noun for people: `flow`
 * @returns the id in lower case
 * @throws Refusal `missing` when nothing can have such an id
 */
export function idOf(value: unknown, what: string): string {
  if (!isUuid(value)) throw new Refusal('missing', `No such ${what}.`);
  return value.toLowerCase();
}

/** @throws Refusal `missing` for an undefined row */
export function found<T>(row: T | undefined, what: string): T {
  if (row === undefined) throw new Refusal('missing', `No such ${what}.`);
  return row;
}

/** @returns the ids without repeats; @throws Refusal `invalid` when there are too few, too many, or no ids among them */
export function idsOf(value: unknown, field: string, min: number, max: number): string[] {
  if (!Array.isArray(value) || !value.every(isUuid)) throw new Refusal('invalid', `${field} must be a list of ids.`);
  const ids = [...new Set(value.map((id) => id.toLowerCase()))];
  if (ids.length < min || ids.length > max) throw new Refusal('invalid', `${field} must name ${min} to ${max}.`);
  return ids;
}

/** @returns the members that a list is cut down to; @throws Refusal `invalid` when one is not named by ids */
export function membersOf(value: unknown): Member[] {
  if (value === undefined) return [];
  const isMember = (item: unknown): item is Member => {
    const { integrationId, userId } = (item ?? {}) as Partial<Member>;
    return isUuid(integrationId) && isUuid(userId);
  };
  if (!Array.isArray(value) || !value.every(isMember))
    throw new Refusal('invalid', 'visibleTo must name users and their integrations by id.');
  return value;
}

/** @returns the trimmed text; @throws Refusal `invalid` when it has not `min` to `max` characters or cannot be stored */
export function textOf(value: unknown, field: string, min: number, max: number): string {
  const text = typeof value === 'string' ? value.trim() : undefined;
  if (text === undefined || text.length < min || text.length > max || UNSTORABLE.test(text))
    throw new Refusal('invalid', `${field} must be a text of ${min} to ${max} characters.`);
  return text;
}

/** As `textOf`, but absent, null and blank are null. */
export function optionalTextOf(value: unknown, field: string, max: number): string | null {
  return value === undefined || value === null ? null : textOf(value, field, 0, max) || null;
}

/** @throws Refusal `invalid` unless it is a whole number from `min` to `max` */
export function wholeNumberOf(value: unknown, field: string, min: number, max: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max)
    throw new Refusal('invalid', `${field} must be a whole number from ${min} to ${max}.`);
  return value;
}

/** @returns seconds; @throws Refusal `invalid` unless a flow may ever allow them */
export function durationOf(value: unknown, field: string): number {
  return wholeNumberOf(value, field, FLOW_LIMITS.shortestSeconds, FLOW_LIMITS.longestSeconds);
}

/** A page as SQL asks for it: rows beyond `after`, at most `limit` of them. */
export interface Slice {
  after: string | null;
  limit: number;
}

/** @throws Refusal `invalid` for a cursor that no list gave out */
export function sliceOf({ cursor, limit }: PageQuery): Slice {
  if (cursor !== undefined && !isUuid(cursor)) throw new Refusal('invalid', 'This cursor was not given out by a list.');
  return { after: cursor ?? null, limit: wholeNumberOf(limit, 'limit', 1, MAX_PAGE) };
}

/** @throws Refusal `invalid` unless the value is one of the words */
export function oneOf<W extends string>(value: unknown, field: string, words: readonly W[]): W {
  const word = words.find((candidate) => candidate === value);
  if (word === undefined) throw new Refusal('invalid', `${field} must be one of ${words.join(', ')}.`);
  return word;
}
