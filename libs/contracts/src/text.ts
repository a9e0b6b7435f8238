/** The longest userName or name of a group or flow in a call, in characters: identity stores names of up to 1,024 bytes. */
export const NAME_LENGTH = 1_024;

/** Matches strings that Postgres can store: no NUL, no unpaired surrogates. */
export const STORABLE = /^(?:[^\0\ud800-\udfff]|[\ud800-\udbff][\udc00-\udfff])*$/;

/** @returns whether a value is a string of `min` to `max` Unicode characters */
export function hasLength(value: unknown, min: number, max: number): value is string {
  // The comparison of code units avoids splitting long strings.
  if (typeof value !== 'string' || value.length > 2 * max) return false;
  const { length } = [...value];
  return length >= min && length <= max;
}
