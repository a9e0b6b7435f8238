import { ScimError } from './errors.js';
import { atOnce, type Steps } from './steps.js';

export type JsonValue = null | boolean | number | string | JsonValue[] | { [name: string]: JsonValue };

/** Attributes of a resource in schema case; those of an extension are nested under its URN. */
export type ScimAttributes = { [name: string]: JsonValue };

/** Deeper than any SCIM message. Serializing deeper JSON could overflow the stack. */
const MAX_DEPTH = 20;
/** Values that are checked in one step. */
const STEP = 5_000;

/** @returns true for a JSON object, false for arrays, null and plain values */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * @returns the member of a JSON object by name, not case-sensitive (RFC 7643 §2.1); undefined when absent
 * @throws ScimError invalidSyntax for two spellings of the name, because one of the values would be ignored
 */
export function memberOf(object: Record<string, unknown>, name: string): unknown {
  const [value, ...others] = membersOf(object, name);
  if (others.length > 0) throw new ScimError('invalidSyntax', `"${name}" appears more than once.`);
  return value;
}

/** @returns the values of all members with that name, not case-sensitive */
export function membersOf(object: Record<string, unknown>, name: string): unknown[] {
  const wanted = name.toLowerCase();
  return Object.keys(object).flatMap((key) => (key.toLowerCase() === wanted ? [object[key]] : []));
}

/**
 * Refuses JSON that is nested too deep, and numbers that overflow, such as 1e400: serialized again they would become null,
 * which unassigns an attribute. Does not recurse.
 * @throws ScimError invalidSyntax for the depth, invalidValue for a number
 */
export function checkJson(body: unknown): void {
  atOnce(jsonCheck(body));
}

/** `checkJson` in steps. */
export function* jsonCheck(body: unknown): Steps<void> {
  let level: unknown[] = [body];
  let checked = 0;
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) throw new ScimError('invalidSyntax', `The body is nested deeper than ${MAX_DEPTH} levels.`);
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue;
      if (++checked % STEP === 0) yield;
      for (const child of Object.values(value)) {
        if (++checked % STEP === 0) yield;
        if (typeof child === 'object' && child !== null) next.push(child);
        else if (child === Infinity || child === -Infinity)
          throw new ScimError('invalidValue', 'A number in the body is too large.');
      }
    }
    level = next;
  }
}

/** Deep equality of JSON values. The order of keys does not matter; the order of arrays does. */
export function equalJson(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => equalJson(item, b[i]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && equalJson(a[key], b[key]))
  );
}

/** Deep equality of attributes. The order of keys does not matter. */
export function equalAttributes(a: ScimAttributes, b: ScimAttributes): boolean {
  return equalJson(a, b);
}
