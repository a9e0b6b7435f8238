import { isObject, membersOf } from '../json.js';
import { USER_SCHEMA } from '../schema/user.js';
import { readBoolean } from '../values.js';

/** `active` by any path, URN-qualified or not. */
const ACTIVE_PATH = /(?:^|:)\s*active\s*$/i;

/**
 * Whether a body could make a user inactive by any accepted form: it chooses the lane in which the command travels.
 * Cheap; never throws; rather true once too often, for then the command is only faster.
 * @param body as it came, not yet parsed
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

/** `active` itself, or inside an object under the core URN. */
function deactivates(object: Record<string, unknown>): boolean {
  return Object.entries(object).some(
    ([name, value]) =>
      (ACTIVE_PATH.test(name) && readBoolean(value) === false) ||
      (name.trim().toLowerCase() === USER_SCHEMA.id.toLowerCase() &&
        isObject(value) &&
        Object.entries(value).some(([inner, entry]) => ACTIVE_PATH.test(inner) && readBoolean(entry) === false)),
  );
}
