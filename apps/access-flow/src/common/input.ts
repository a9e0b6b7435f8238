import { FLOW_LIMITS, isUuid, MAX_PAGE, type Member, type PageQuery, Refusal } from '@tidegate/contracts';

/** NUL or an unpaired surrogate: PostgreSQL can't store them in UTF-8. */
const UNSTORABLE = /\0|\p{Surrogate}/u;

/**
 * @param what the noun for the message: `access flow`
 * @returns the id in lower case
 * @throws Refusal `missing` unless the value is a UUID
 */
export function idOf(value: unknown, what: string): string {
  if (!isUuid(value)) throw new Refusal('missing', `No such ${what}.`);
  return value.toLowerCase();
}

/** @throws Refusal `missing` for an undefined row */
export function requireFound<T>(row: T | undefined, what: string): T {
  if (row === undefined) throw new Refusal('missing', `No such ${what}.`);
  return row;
}

/** @returns the distinct ids; @throws Refusal `invalid` unless the value is an array of `min` to `max` UUIDs */
export function idsOf(value: unknown, field: string, min: number, max: number): string[] {
  if (!Array.isArray(value) || !value.every(isUuid)) throw new Refusal('invalid', `${field} must be a list of ids.`);
  const ids = [...new Set(value.map((id) => id.toLowerCase()))];
  if (ids.length < min || ids.length > max)
    throw new Refusal('invalid', `${field} must have ${min} to ${max} entries.`);
  return ids;
}

/** @returns the users whose view filters a list; none: no filter. @throws Refusal `invalid` unless all ids are UUIDs */
export function membersOf(value: unknown): Member[] {
  if (value === undefined) return [];
  const isMember = (item: unknown): item is Member => {
    const { integrationId, userId } = (item ?? {}) as Partial<Member>;
    return isUuid(integrationId) && isUuid(userId);
  };
  if (!Array.isArray(value) || !value.every(isMember))
    throw new Refusal('invalid', 'visibleTo must be a list of objects with integrationId and userId.');
  return value;
}

/** @returns the trimmed string; @throws Refusal `invalid` unless it has `min` to `max` characters and can be stored */
export function stringOf(value: unknown, field: string, min: number, max: number): string {
  const trimmed = typeof value === 'string' ? value.trim() : undefined;
  if (trimmed === undefined || trimmed.length < min || trimmed.length > max || UNSTORABLE.test(trimmed))
    throw new Refusal('invalid', `${field} must be a string of ${min} to ${max} characters.`);
  return trimmed;
}

/** Like `stringOf`, but returns null for undefined, null and blank. */
export function optionalStringOf(value: unknown, field: string, max: number): string | null {
  return value === undefined || value === null ? null : stringOf(value, field, 0, max) || null;
}

/** @throws Refusal `invalid` unless the value is a whole number from `min` to `max` */
export function wholeNumberOf(value: unknown, field: string, min: number, max: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max)
    throw new Refusal('invalid', `${field} must be a whole number from ${min} to ${max}.`);
  return value;
}

/** @returns seconds; @throws Refusal `invalid` outside the limits of every flow */
export function durationOf(value: unknown, field: string): number {
  return wholeNumberOf(value, field, FLOW_LIMITS.shortestSeconds, FLOW_LIMITS.longestSeconds);
}

/** Keyset page: at most `limit` rows after the id `after`. */
export interface PageArgs {
  after: string | null;
  limit: number;
}

/** @throws Refusal `invalid` for a malformed cursor or limit */
export function pageArgsOf({ cursor, limit }: PageQuery): PageArgs {
  if (cursor !== undefined && !isUuid(cursor))
    throw new Refusal('invalid', 'cursor is invalid. Use the nextCursor of the previous page.');
  return { after: cursor ?? null, limit: wholeNumberOf(limit, 'limit', 1, MAX_PAGE) };
}

/** @throws Refusal `invalid` unless the value is one of `allowed` */
export function oneOf<W extends string>(value: unknown, field: string, allowed: readonly W[]): W {
  const match = allowed.find((candidate) => candidate === value);
  if (match === undefined) throw new Refusal('invalid', `${field} must be one of ${allowed.join(', ')}.`);
  return match;
}
