/** What JSON can hold. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;
export interface JsonObject {
  [key: string]: JsonValue | undefined;
}

/** @returns whether the value is a JSON object: not an array, not null. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Okta's read-modify-write of a profile: the changed attributes are laid over the resource that was read.
 *
 * @returns a new object: objects are merged key by key, anything else (arrays included) is replaced
 */
export function overlay(current: JsonObject, changes: JsonObject): JsonObject {
  const result: JsonObject = { ...current };
  for (const [key, change] of Object.entries(changes)) {
    const before = current[key];
    result[key] = isJsonObject(before) && isJsonObject(change) ? overlay(before, change) : change;
  }
  return result;
}
