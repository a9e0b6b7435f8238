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
/** Text that is indexed is held shorter, by attribute name. */
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

/** How values are read: in which dialect, and by what keys texts are compared: `foldCase` or `rememberingFold()`. */
export type Reading = { dialect: Dialect; fold: Fold };

/** @returns the boolean that a client meant: Entra ID sends `"True"` and `"False"`; undefined when it meant none. */
export function readBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return undefined;
  const word = value.toLowerCase();
  return word === 'true' ? true : word === 'false' ? false : undefined;
}

/** A value in steps; see `parseValue`. */
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
  if (items.length > limit) throw invalid(where, `holds more than ${limit} values`);
  const distinct = new Map<string, JsonValue>();
  for (const [i, item] of items.entries()) {
    if (i % STEP === STEP - 1) yield;
    const parsed = parseSingle(reading, attribute, item, where);
    if (parsed !== undefined) distinct.set(itemKey(reading, attribute, parsed), parsed);
  }
  return distinct.size === 0 ? undefined : [...distinct.values()];
}

/**
 * A value as its attribute has it. Null and an empty array mean unassigned (RFC 7643 §2.5). Canonical values are
 * suggestions (RFC 7643 §7): others are kept as well.
 * @param where how a refusal names the attribute
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
      const meant = tolerates(dialect, 'booleansAsText') ? readBoolean(value) : value;
      return typeof meant === 'boolean' ? meant : refuse(where, 'must be true or false');
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
  if (isLongerThan(text, limit)) throw invalid(where, `is longer than ${limit} bytes`);
  if (!isStorable(text)) throw invalid(where, 'holds characters that cannot be stored');
  if (attribute.type === 'dateTime' && !isDateTime(text)) throw invalid(where, 'must be a date and time');
  if (tolerates(dialect, 'looseFormats')) return text;
  if (attribute.type === 'binary' && !isBase64(text)) throw invalid(where, 'must be base64');
  if (attribute.type === 'reference' && !isReference(text, attribute.referenceTypes))
    throw invalid(where, 'must be a URI');
  return text;
}

/** Whoever parsed a longer number has rounded it: its digits are not those that were sent. */
function digitsOf(value: number, where: string): string {
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) throw invalid(where, 'is a number with too many digits');
  return String(value);
}

function parseComplex(reading: Reading, attribute: Attribute, value: unknown, where: string): Item | undefined {
  const item = mergeComplex(reading, attribute, {}, value, where);
  const missing = attribute.subAttributes?.find((sub) => sub.required && isBlank(item[sub.name]));
  if (missing) throw invalid(`${where}.${missing.name}`, 'is required');
  return Object.keys(item).length === 0 ? undefined : item;
}

/**
 * A complex value with the given sub-attributes set, and those given as null taken away (RFC 7644 §3.5.2.3). A plain
 * value stands for the `value` sub-attribute where the dialect has that, and "" for none.
 * @throws ScimError invalidValue; mutability when a required sub-attribute is taken away (RFC 7644 §3.5.2.2)
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
  const stands = isPlain && tolerates(reading.dialect, 'plainForComplex') && findAttribute(subAttributes, 'value');
  const given = stands ? { value: value === '' ? null : value } : value;
  if (!isObject(given)) throw invalid(where, 'must be an object');
  const merged = { ...current };
  const seen = new Set<Attribute>();
  for (const [name, entry] of Object.entries(given)) {
    const sub = findAttribute(subAttributes, name);
    if (!sub || sub.mutability === 'readOnly') continue;
    if (seen.has(sub)) throw invalid(`${where}.${sub.name}`, 'is given twice');
    seen.add(sub);
    const parsed = parseValue(reading, sub, entry, `${where}.${sub.name}`);
    if (parsed !== undefined) merged[sub.name] = parsed;
    else if (sub.required && Object.hasOwn(current, sub.name)) throw unassignable(`${where}.${sub.name}`);
    else delete merged[sub.name];
  }
  return merged;
}

/**
 * What makes a value of a multi-valued attribute itself: (type, value) (RFC 7643 §2.4), of members the id alone; of a
 * value without `value`, such as an address, all of it. Without regard to case where the schema has none.
 */
export function itemKey({ fold }: Reading, attribute: Attribute, item: JsonValue): string {
  if (typeof item === 'string') return attribute.caseExact ? item : fold(item);
  const value = isObject(item) ? item['value'] : undefined;
  if (!isObject(item) || typeof value !== 'string') return JSON.stringify(item);
  if (attribute.name === 'members') return value;
  const label = item['type'];
  // No text holds a NUL (isStorable), so the two parts cannot run into each other.
  return `${typeof label === 'string' ? label.toLowerCase() : ''}\0${valueKey(fold, attribute, value)}`;
}

/** The `value` of a complex value as it is compared. */
export function valueKey(fold: Fold, { subAttributes = [] }: Attribute, value: string): string {
  return findAttribute(subAttributes, 'value')?.caseExact ? value : fold(value);
}

/** At most one value is the primary one (RFC 7643 §2.4). */
export function checkPrimary(attribute: Attribute, value: JsonValue | undefined): void {
  if (!Array.isArray(value)) return;
  if (value.filter((item) => isObject(item) && item['primary'] === true).length > 1) {
    throw invalid(attribute.name, 'has more than one primary value');
  }
}

/**
 * Null means unassigned, and so does [] of an attribute with many values (RFC 7643 §2.5).
 * @param emptyListToo whether [] means it here
 */
export function isUnassigned(value: unknown, emptyListToo: boolean): value is null | undefined | [] {
  return value === null || value === undefined || (emptyListToo && Array.isArray(value) && value.length === 0);
}

/** @returns true for absent and for text of nothing but white space. */
export function isBlank(value: JsonValue | undefined): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

/** A refusal that names the attribute and never its value. */
export function invalid(where: string, what: string): ScimError {
  return new ScimError('invalidValue', `"${where}" ${what}.`);
}

/** What is required or cannot be written may not be removed either (RFC 7644 §3.5.2.2). */
export function unassignable(where: string): ScimError {
  return new ScimError('mutability', `"${where}" cannot be unassigned.`);
}

function refuse(where: string, what: string): never {
  throw invalid(where, what);
}
