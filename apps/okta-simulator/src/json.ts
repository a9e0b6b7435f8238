/** Any JSON value. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;
export interface JsonObject {
  [key: string]: JsonValue | undefined;
}

/** @returns whether the value is a JSON object, not an array or null */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Merges changed attributes into a resource, as Okta does between GET and PUT.
 *
 * @returns a new object: objects are merged recursively, other values (arrays included) are replaced
 */
export function overlay(current: JsonObject, changes: JsonObject): JsonObject {
  const result: JsonObject = { ...current };
  for (const [key, change] of Object.entries(changes)) {
    const before = current[key];
    result[key] = isJsonObject(before) && isJsonObject(change) ? overlay(before, change) : change;
  }
  return result;
}
