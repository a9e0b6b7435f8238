import { isObject, membersOf } from '../json.js';
import { USER_SCHEMA } from '../schema/user.js';
import { readBoolean } from '../values.js';

/** A path to `active`, URN-qualified or not. */
const ACTIVE_PATH = /(?:^|:)\s*active\s*$/i;

/**
 * Whether a body could deactivate a user in any accepted form, which selects the lane of the command. Cheap and never
 * throws. A false positive is harmless, because it only makes the command faster.
 * @param body unparsed
 */
export function mayDeactivate(method: 'PATCH' | 'PUT', body: unknown): boolean {
  if (!isObject(body)) return false;
  if (method === 'PUT') return deactivates(body);
  return membersOf(body, 'Operations').some(
    (operations) => Array.isArray(operations) && operations.some(operationDeactivates),
  );
}

function operationDeactivates(operation: unknown): boolean {
  if (!isObject(operation)) return false;
  const isActive = membersOf(operation, 'path').some((path) => typeof path === 'string' && ACTIVE_PATH.test(path));
  return membersOf(operation, 'value').some(
    (value) => (isActive && readBoolean(value) === false) || (isObject(value) && deactivates(value)),
  );
}

/** Whether `active` is false at the top level or inside an object under the core URN. */
function deactivates(object: Record<string, unknown>): boolean {
  return Object.entries(object).some(
    ([name, value]) =>
      (ACTIVE_PATH.test(name) && readBoolean(value) === false) ||
      (name.trim().toLowerCase() === USER_SCHEMA.id.toLowerCase() &&
        isObject(value) &&
        Object.entries(value).some(([inner, entry]) => ACTIVE_PATH.test(inner) && readBoolean(entry) === false)),
  );
}
