import { ScimError } from './errors.js';
import { isObject, type JsonValue } from './json.js';
import { type Attribute, findAttribute } from './schema/attribute.js';
import { isLongerThan, isStorable } from './storable.js';

const MAX_TEXT_BYTES = 8192;
/** Text that is indexed is held shorter, by attribute name. */
const MAX_INDEXED_BYTES = new Map([
  ['userName', 1024],
  ['displayName', 1024],
  ['externalId', 1024],
]);
const MAX_VALUES = 1000;
const MAX_MEMBERS = 100_000;

type Item = { [name: string]: JsonValue };

/** @returns the boolean that a client meant: Entra ID sends `"True"` and `"False"`; undefined when it meant none. */
export function readBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return undefined;
  const word = value.toLowerCase();
  return word === 'true' ? true : word === 'false' ? false : undefined;
}

/**
 * A value as its attribute has it. Null and an empty array mean unassigned (RFC 7643 §2.5).
 * @param where how a refusal names the attribute
 * @returns the value, or undefined for unassigned
 * @throws ScimError invalidValue when it does not fit
 */
export function parseValue(attribute: Attribute, value: unknown, where = attribute.name): JsonValue | undefined {
  if (!attribute.multiValued) return parseSingle(attribute, value, where);
  const items = Array.isArray(value) ? value : [value];
  const limit = attribute.name === 'members' ? MAX_MEMBERS : MAX_VALUES;
  if (items.length > limit) throw invalid(where, `holds more than ${limit} values`);
  const parsed = items.map((item) => parseSingle(attribute, item, where)).filter((item) => item !== undefined);
  const distinct = [...new Map(parsed.map((item) => [itemKey(attribute, item), item])).values()];
  return distinct.length === 0 ? undefined : distinct;
}

function parseSingle(attribute: Attribute, value: unknown, where: string): JsonValue | undefined {
  if (isUnassigned(value)) return undefined;
  switch (attribute.type) {
    case 'complex':
      return parseComplex(attribute, value, where);
    case 'boolean':
      return readBoolean(value) ?? refuse(where, 'must be true or false');
    case 'integer':
    case 'decimal':
      return typeof value === 'number' ? value : refuse(where, 'must be a number');
    case 'string':
    case 'reference':
    case 'binary':
    case 'dateTime':
      return parseText(attribute, value, where);
  }
}

/** Okta sends numbers where the schema says string (okta-scim guide, sample user of "SCIM with entitlements"). */
function parseText(attribute: Attribute, value: unknown, where: string): string {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string') throw invalid(where, 'must be a string');
  const limit = MAX_INDEXED_BYTES.get(attribute.name) ?? MAX_TEXT_BYTES;
  if (isLongerThan(text, limit)) throw invalid(where, `is longer than ${limit} bytes`);
  if (!isStorable(text)) throw invalid(where, 'holds characters that cannot be stored');
  if (attribute.type === 'dateTime' && Number.isNaN(Date.parse(text))) throw invalid(where, 'must be a date and time');
  return text;
}

function parseComplex(attribute: Attribute, value: unknown, where: string): Item | undefined {
  const item = mergeComplex(attribute, {}, value, where);
  const missing = attribute.subAttributes?.find((sub) => sub.required && isBlank(item[sub.name]));
  if (missing) throw invalid(`${where}.${missing.name}`, 'is required');
  return Object.keys(item).length === 0 ? undefined : item;
}

/**
 * A complex value with the given sub-attributes set, and those given as null taken away (RFC 7644 §3.5.2.3). A plain
 * value stands for the `value` sub-attribute: Entra ID sends the manager as a string, and "" to clear it.
 * @throws ScimError invalidValue
 */
export function mergeComplex(attribute: Attribute, current: Item, value: unknown, where = attribute.name): Item {
  const subAttributes = attribute.subAttributes ?? [];
  const shorthand =
    typeof value === 'string' || typeof value === 'number' ? findAttribute(subAttributes, 'value') : undefined;
  const given = shorthand ? { value: value === '' ? null : value } : value;
  if (!isObject(given)) throw invalid(where, 'must be an object');
  const merged = { ...current };
  const seen = new Set<Attribute>();
  for (const [name, entry] of Object.entries(given)) {
    const sub = findAttribute(subAttributes, name);
    if (!sub || sub.mutability === 'readOnly') continue;
    if (seen.has(sub)) throw invalid(`${where}.${sub.name}`, 'is given twice');
    seen.add(sub);
    const parsed = parseValue(sub, entry, `${where}.${sub.name}`);
    if (parsed === undefined) delete merged[sub.name];
    else merged[sub.name] = parsed;
  }
  return merged;
}

/**
 * What makes a value of a multi-valued attribute itself: (type, value) (RFC 7643 §2.4), of members the id alone; of a
 * value without `value`, such as an address, all of it.
 */
export function itemKey(attribute: Attribute, item: JsonValue): string {
  const value = isObject(item) ? item['value'] : undefined;
  if (!isObject(item) || typeof value !== 'string') return JSON.stringify(item);
  if (attribute.name === 'members') return value;
  const label = item['type'];
  // No text holds a NUL (isStorable), so the two parts cannot run into each other.
  return `${typeof label === 'string' ? label.toLowerCase() : ''}\0${value}`;
}

/** At most one value is the primary one (RFC 7643 §2.4). */
export function checkPrimary(attribute: Attribute, value: JsonValue | undefined): void {
  if (!Array.isArray(value)) return;
  if (value.filter((item) => isObject(item) && item['primary'] === true).length > 1) {
    throw invalid(attribute.name, 'has more than one primary value');
  }
}

/** Null and [] mean unassigned (RFC 7643 §2.5), of every attribute: Entra ID clears single values with [] too. */
export function isUnassigned(value: unknown): value is null | undefined | [] {
  return value === null || value === undefined || (Array.isArray(value) && value.length === 0);
}

/** @returns true for absent and for text of nothing but white space. */
export function isBlank(value: JsonValue | undefined): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

/** A refusal that names the attribute and never its value. */
export function invalid(where: string, what: string): ScimError {
  return new ScimError('invalidValue', `"${where}" ${what}.`);
}

function refuse(where: string, what: string): never {
  throw invalid(where, what);
}
