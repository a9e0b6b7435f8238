import { type ScimAttributes } from '@tidegate/scim';

/** The number of indexed characters of a value, because an index entry in Postgres is limited to about 2,700 bytes. */
const INDEXED = 256;

/** @returns the lookup key of an e-mail address: its first 256 characters */
export const emailKey = (value: string): string => {
  return value.length <= INDEXED ? value : Array.from(value).slice(0, INDEXED).join('');
};

/**
 * @param keys the result of `comparisonKeys` for a user
 * @returns the lookup keys of the user's e-mail addresses, without duplicates
 */
export function emailKeys({ emails }: ScimAttributes): string[] {
  const values = (Array.isArray(emails) ? emails : []).map((email) => (email as { value?: unknown }).value);
  return [...new Set(values.filter((value) => typeof value === 'string').map(emailKey))];
}
