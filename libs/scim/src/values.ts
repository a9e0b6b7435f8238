import { type Dialect } from './dialects.js';
import { ScimError } from './errors.js';
import { isBase64, isDateTime, isReference } from './formats.js';
import { isObject, type JsonValue } from './json.js';
import { tolerates } from './quirks.js';
import { type Attribute, findAttribute } from './schema/attribute.js';
import { atOnce, type Steps } from './steps.js';
import { isLongerThan, isStorable } from './storable.js';
import { type Fold } from './text.js';

const MAX_TEXT_BYTES = 8192;
/** Lower limits for indexed attributes, by attribute name. */
const MAX_INDEXED_BYTES = new Map([
  ['userName', 1024],
  ['displayName', 1024],
  ['externalId', 1024],
]);
const MAX_VALUES = 1000;
const MAX_MEMBERS = 100_000;
/** Values that are read in one step. */
const STEP = 200;

type Item = { [name: string]: JsonValue };

/** How values are read: the dialect, and the key for comparing strings (`foldCase` or `cachedFold()`). */
export type Reading = { dialect: Dialect; fold: Fold };

/** @returns the boolean, also for strings because Entra ID sends `"True"` and `"False"`; undefined for other values */
export function readBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return undefined;
  const word = value.toLowerCase();
  return word === 'true' ? true : word === 'false' ? false : undefined;
}

/** `parseValue` in steps. */
export function* valueSteps(
  reading: Reading,
  attribute: Attribute,
  value: unknown,
  where = attribute.name,
): Steps<JsonValue | undefined> {
  if (!attribute.multiValued) return parseSingle(reading, attribute, value, where);
  if (isUnassigned(value, true)) return undefined;
  if (!Array.isArray(value) && !tolerates(reading.dialect, 'oneForMany')) throw invalid(where, 'must be an array');
  const items: unknown[] = Array.isArray(value) ? value : [value];
  const limit = attribute.name === 'members' ? MAX_MEMBERS : MAX_VALUES;
  if (items.length > limit) throw invalid(where, `can have at most ${limit} values`);
  const distinct = new Map<string, JsonValue>();
  for (const [i, item] of items.entries()) {
    if (i % STEP === STEP - 1) yield;
    const parsed = parseSingle(reading, attribute, item, where);
    if (parsed !== undefined) distinct.set(itemKey(reading, attribute, parsed), parsed);
  }
  return distinct.size === 0 ? undefined : [...distinct.values()];
}

/**
 * Reads a value according to its attribute. Null and an empty array mean unassigned (RFC 7643 §2.5). Canonical values are
 * suggestions (RFC 7643 §7); other values are accepted.
 * @param where the name of the attribute in errors
 * @returns the value, or undefined for unassigned
 * @throws ScimError invalidValue when it does not fit
 */
export function parseValue(
  reading: Reading,
  attribute: Attribute,
  value: unknown,
  where = attribute.name,
): JsonValue | undefined {
  return attribute.multiValued
    ? atOnce(valueSteps(reading, attribute, value, where))
    : parseSingle(reading, attribute, value, where);
}

function parseSingle(reading: Reading, attribute: Attribute, value: unknown, where: string): JsonValue | undefined {
  const { dialect } = reading;
  if (isUnassigned(value, tolerates(dialect, 'emptyListForOne'))) return undefined;
  switch (attribute.type) {
    case 'complex':
      return parseComplex(reading, attribute, value, where);
    case 'boolean': {
      const flag = tolerates(dialect, 'booleansAsText') ? readBoolean(value) : value;
      return typeof flag === 'boolean' ? flag : refuse(where, 'must be true or false');
    }
    case 'integer':
      return Number.isSafeInteger(value) ? (value as number) : refuse(where, 'must be an integer');
    case 'decimal':
      return typeof value === 'number' ? value : refuse(where, 'must be a number');
    case 'string':
    case 'reference':
    case 'binary':
    case 'dateTime':
      return parseText(dialect, attribute, value, where);
  }
}

function parseText(dialect: Dialect, attribute: Attribute, value: unknown, where: string): string {
  const text = typeof value === 'number' && tolerates(dialect, 'numbersAsText') ? digitsOf(value, where) : value;
  if (typeof text !== 'string') throw invalid(where, 'must be a string');
  const limit = MAX_INDEXED_BYTES.get(attribute.name) ?? MAX_TEXT_BYTES;
  if (isLongerThan(text, limit)) throw invalid(where, `can have at most ${limit} bytes`);
  if (!isStorable(text)) throw invalid(where, 'contains characters that cannot be stored');
  if (attribute.type === 'dateTime' && !isDateTime(text))
    throw invalid(where, 'must be a date and time, such as "2026-01-31T12:00:00Z"');
  if (tolerates(dialect, 'looseFormats')) return text;
  if (attribute.type === 'binary' && !isBase64(text)) throw invalid(where, 'must be base64');
  if (attribute.type === 'reference' && !isReference(text, attribute.referenceTypes))
    throw invalid(where, 'must be a URI');
  return text;
}

/** Refuses integers that JSON parsing rounded, because their digits differ from the ones that were sent. */
function digitsOf(value: number, where: string): string {
  if (Number.isInteger(value) && !Number.isSafeInteger(value))
    throw invalid(where, 'has too many digits for a number. Send it as a string');
  return String(value);
}

function parseComplex(reading: Reading, attribute: Attribute, value: unknown, where: string): Item | undefined {
  const item = mergeComplex(reading, attribute, {}, value, where);
  const missing = attribute.subAttributes?.find((sub) => sub.required && isBlank(item[sub.name]));
  if (missing) throw invalid(`${where}.${missing.name}`, 'is required');
  return Object.keys(item).length === 0 ? undefined : item;
}

/**
 * Sets the given sub-attributes of a complex value and removes those given as null (RFC 7644 §3.5.2.3). With
 * `plainForComplex`, a plain value sets the `value` sub-attribute and "" removes it.
 * @throws ScimError invalidValue; mutability when a required sub-attribute would be removed (RFC 7644 §3.5.2.2)
 */
export function mergeComplex(
  reading: Reading,
  attribute: Attribute,
  current: Item,
  value: unknown,
  where = attribute.name,
): Item {
  const subAttributes = attribute.subAttributes ?? [];
  const isPlain = typeof value === 'string' || typeof value === 'number';
  const asObject = isPlain && tolerates(reading.dialect, 'plainForComplex') && findAttribute(subAttributes, 'value');
  const given = asObject ? { value: value === '' ? null : value } : value;
  if (!isObject(given)) throw invalid(where, 'must be an object');
  const merged = { ...current };
  const seen = new Set<Attribute>();
  for (const [name, entry] of Object.entries(given)) {
    const sub = findAttribute(subAttributes, name);
    if (!sub || sub.mutability === 'readOnly') continue;
    if (seen.has(sub)) throw invalid(`${where}.${sub.name}`, 'appears more than once');
    seen.add(sub);
    const parsed = parseValue(reading, sub, entry, `${where}.${sub.name}`);
    if (parsed !== undefined) merged[sub.name] = parsed;
    else if (sub.required && Object.hasOwn(current, sub.name)) throw unassignable(`${where}.${sub.name}`);
    else delete merged[sub.name];
  }
  return merged;
}

/**
 * The key that identifies a value of a multi-valued attribute: (type, value) (RFC 7643 §2.4); for members the id; for a
 * value without `value`, such as an address, the whole value. Not case-sensitive unless the schema is.
 */
export function itemKey({ fold }: Reading, attribute: Attribute, item: JsonValue): string {
  if (typeof item === 'string') return attribute.caseExact ? item : fold(item);
  const value = isObject(item) ? item['value'] : undefined;
  if (!isObject(item) || typeof value !== 'string') return JSON.stringify(item);
  if (attribute.name === 'members') return value;
  const label = item['type'];
  // No string contains a NUL (isStorable), so the key is unambiguous.
  return `${typeof label === 'string' ? label.toLowerCase() : ''}\0${valueKey(fold, attribute, value)}`;
}

/** The comparison key of the `value` of a complex value. */
export function valueKey(fold: Fold, { subAttributes = [] }: Attribute, value: string): string {
  return findAttribute(subAttributes, 'value')?.caseExact ? value : fold(value);
}

/** Checks that at most one value is primary (RFC 7643 §2.4). @throws ScimError invalidValue */
export function checkPrimary(attribute: Attribute, value: JsonValue | undefined): void {
  if (!Array.isArray(value)) return;
  if (value.filter((item) => isObject(item) && item['primary'] === true).length > 1) {
    throw invalid(attribute.name, 'can have at most one primary value');
  }
}

/**
 * Whether a value means unassigned: null, or [] for a multi-valued attribute (RFC 7643 §2.5).
 * @param emptyListToo whether [] counts
 */
export function isUnassigned(value: unknown, emptyListToo: boolean): value is null | undefined | [] {
  return value === null || value === undefined || (emptyListToo && Array.isArray(value) && value.length === 0);
}

/** @returns true for an absent value and for a string of only white space */
export function isBlank(value: JsonValue | undefined): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

/** @returns an invalidValue error that names the attribute, never its value */
export function invalid(where: string, what: string): ScimError {
  return new ScimError('invalidValue', `"${where}" ${what}.`);
}

/** @returns the error for removing a required attribute (RFC 7644 §3.5.2.2) */
export function unassignable(where: string): ScimError {
  return new ScimError('mutability', `"${where}" is required and cannot be removed.`);
}

function refuse(where: string, what: string): never {
  throw invalid(where, what);
}
