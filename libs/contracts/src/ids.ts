const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Sorts before every id: a list that begins at the beginning begins after it. */
export const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** Whether a value can be an id as this system writes them, in lower case: SCIM ids are case-exact (RFC 7643 §3.1). */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value);
}

/** Whether a value is a UUID in any spelling that Postgres reads as an id. */
export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value.toLowerCase());
}
