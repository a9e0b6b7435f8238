import { type ScimAttributes } from '@tidegate/scim';

/** Longer values are indexed by their beginning: an entry of an index holds 2,700 bytes. */
const INDEXED = 256;

/** The beginning of a value by which users are looked up; equal values have equal ones. */
export const emailKey = (value: string): string => {
  return value.length <= INDEXED ? value : Array.from(value).slice(0, INDEXED).join('');
};

/** By what a user is looked up when somebody asks for one of its e-mail addresses. @param keys as `comparisonKeys` gives them */
export function emailKeys({ emails }: ScimAttributes): string[] {
  const values = (Array.isArray(emails) ? emails : []).map((email) => (email as { value?: unknown }).value);
  return [...new Set(values.filter((value) => typeof value === 'string').map(emailKey))];
}
