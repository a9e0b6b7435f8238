import { isObject, type JsonValue, type ScimAttributes } from './json.js';

/** What the rest of the house needs to know of a user. */
export type UserSummary = { userName: string; displayName: string | null; externalId: string | null };

const text = (value: JsonValue | undefined): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value : null;

/**
 * @param attributes of a parsed User
 * @returns its names; displayName falls back to name.formatted, then given and family name, else null
 */
export function userStateOf(attributes: ScimAttributes): UserSummary {
  const name: ScimAttributes = isObject(attributes['name']) ? attributes['name'] : {};
  const parts = [text(name['givenName']), text(name['familyName'])].filter((part) => part !== null);
  return {
    userName: text(attributes['userName']) ?? '',
    displayName:
      text(attributes['displayName']) ?? text(name['formatted']) ?? (parts.length > 0 ? parts.join(' ') : null),
    externalId: text(attributes['externalId']),
  };
}
