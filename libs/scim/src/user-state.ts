import { isObject, type JsonValue, type ScimAttributes } from './json.js';

/** The attributes of a user that other services use. */
export type UserSummary = { userName: string; displayName: string | null; externalId: string | null };

const nonBlank = (value: JsonValue | undefined): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value : null;

/**
 * @param attributes of a parsed User
 * @returns the names; displayName falls back to name.formatted, then to given and family name, else null
 */
export function userStateOf(attributes: ScimAttributes): UserSummary {
  const name: ScimAttributes = isObject(attributes['name']) ? attributes['name'] : {};
  const parts = [nonBlank(name['givenName']), nonBlank(name['familyName'])].filter((part) => part !== null);
  return {
    userName: nonBlank(attributes['userName']) ?? '',
    displayName:
      nonBlank(attributes['displayName']) ?? nonBlank(name['formatted']) ?? (parts.length > 0 ? parts.join(' ') : null),
    externalId: nonBlank(attributes['externalId']),
  };
}
