const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Sorts before every id. The first page of a list begins after it. */
export const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** @returns whether a value is a UUID in lower case, as Tidegate's ids are. SCIM ids are case-exact (RFC 7643 §3.1). */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value);
}

/** @returns whether a value is a UUID in upper or lower case */
export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value.toLowerCase());
}
