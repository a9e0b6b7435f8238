import { ScimError } from '../errors.js';
import { type Filter } from '../filter/ast.js';
import { itemMatcher } from '../filter/match.js';
import { equalJson, isObject, type JsonValue } from '../json.js';
import { type Attribute, findAttribute } from '../schema/attribute.js';
import { tolerates } from '../quirks.js';
import { checkPrimary, isUnassigned, itemKey, mergeComplex, parseValue, type Reading, valueKey } from '../values.js';
import { type Change } from './target.js';

type Item = { [name: string]: JsonValue };

/**
 * The new values of a multi-valued attribute (RFC 7644 §3.5.2.1–§3.5.2.3); undefined when none is left.
 * A value that becomes the primary one takes that from the others (RFC 7644 §3.5.2).
 */
export function changeItems(reading: Reading, current: JsonValue | undefined, change: Change): JsonValue | undefined {
  const items = Array.isArray(current) ? current : [];
  const clears = change.op === 'replace' && isOfChosen(change) && clearsChosen(reading, change);
  const next =
    change.op === 'remove' || clears
      ? removeItems(reading, items, clears ? { ...change, value: undefined } : change)
      : setItems(reading, items, change);
  const settled = settlePrimary(change.target.attribute, items, next);
  if (settled.length === items.length && settled.every((item, i) => item === items[i])) return current;
  return settled.length === 0 ? undefined : settled;
}

/** Whether the value is of single values, or of a part of them, and not all of the attribute. */
const isOfChosen = ({ target: { sub, filter } }: Change): boolean => sub !== undefined || filter !== undefined;

function clearsChosen({ dialect }: Reading, { target: { sub }, value }: Change): boolean {
  return isUnassigned(value, sub?.multiValued === true || tolerates(dialect, 'emptyListForOne'));
}

function setItems(reading: Reading, items: JsonValue[], change: Change): JsonValue[] {
  const { op, target, value } = change;
  const { attribute, sub, filter } = target;
  if (!isOfChosen(change)) {
    const given = parseValue(reading, attribute, value);
    const fresh = Array.isArray(given) ? given : [];
    return op === 'replace' ? fresh : addItems(reading, attribute, items, fresh);
  }
  if (clearsChosen(reading, change)) return items;
  const chosen = new Set(items.filter(chooserOf(reading, attribute, filter)));
  const given = sub ? { [sub.name]: value } : value;
  const merged = (item: JsonValue): JsonValue =>
    settle(attribute, item, mergeComplex(reading, attribute, item as Item, given));
  if (chosen.size > 0) return items.map((item) => (chosen.has(item) ? merged(item) : item));
  const seed = filter ? seedOf(reading, attribute, filter) : {};
  const creates = op === 'add' || !filter || (sub !== undefined && tolerates(reading.dialect, 'replaceCreates'));
  if (!seed || !creates) throw noTarget(attribute);
  return addItems(reading, attribute, items, [mergeComplex(reading, attribute, seed, given)]);
}

const noTarget = ({ name }: Attribute) => new ScimError('noTarget', `The path means no value of "${name}".`);

/** Appends without duplicates (RFC 7644 §3.5.2.1): a value that is there already takes over what is new. */
function addItems(reading: Reading, attribute: Attribute, items: JsonValue[], fresh: JsonValue[]): JsonValue[] {
  const byKey = new Map(items.map((item) => [itemKey(reading, attribute, item), item]));
  for (const item of fresh) {
    const key = itemKey(reading, attribute, item);
    const before = byKey.get(key);
    byKey.set(key, isObject(before) && isObject(item) ? settle(attribute, before, { ...before, ...item }) : item);
  }
  return [...byKey.values()];
}

function removeItems(reading: Reading, items: JsonValue[], { target, value }: Change): JsonValue[] {
  const { attribute, sub, filter } = target;
  const chosen = chooserOf(reading, attribute, filter);
  if (filter && !tolerates(reading.dialect, 'removeOfNothing') && !items.some(chosen)) throw noTarget(attribute);
  if (sub) {
    return items.flatMap((item) => {
      if (!chosen(item) || !isObject(item) || !Object.hasOwn(item, sub.name)) return [item];
      const rest = mergeComplex(reading, attribute, item, { [sub.name]: null });
      settle(attribute, item, rest);
      // What is left of an e-mail address without the address says nothing.
      return sub.name === 'value' || Object.keys(rest).length === 0 ? [] : [rest];
    });
  }
  if (filter) return items.filter((item) => !chosen(item));
  if (value === undefined || value === null) return [];
  return withoutThose(reading, attribute, items, parseValue(reading, attribute, value));
}

/** Without the items that a `remove` names: by (type, value), by `value` alone where no type is told, else wholly. */
function withoutThose(
  reading: Reading,
  attribute: Attribute,
  items: JsonValue[],
  named: JsonValue | undefined,
): JsonValue[] {
  const gone = Array.isArray(named) ? named : [];
  const valueOf = (item: JsonValue): string | undefined => {
    const value = isObject(item) ? item['value'] : undefined;
    return typeof value === 'string' ? valueKey(reading.fold, attribute, value) : undefined;
  };
  const keys = new Set(gone.map((item) => itemKey(reading, attribute, item)));
  const values = new Set(
    gone.map((item) => (isObject(item) && item['type'] === undefined ? valueOf(item) : undefined)),
  );
  return items.filter((item) => {
    const value = valueOf(item);
    return !keys.has(itemKey(reading, attribute, item)) && (value === undefined || !values.has(value));
  });
}

function chooserOf({ fold }: Reading, attribute: Attribute, filter: Filter | undefined): (item: JsonValue) => boolean {
  return filter ? itemMatcher(attribute, filter, fold) : () => true;
}

/** The value that an `eq` filter describes, so that it can be made: `type eq "work"` → `{type: "work"}`. */
function seedOf(reading: Reading, attribute: Attribute, filter: Filter): Item | undefined {
  if (filter.kind === 'and') {
    const seeds = filter.operands.map((operand) => seedOf(reading, attribute, operand));
    return seeds.every((seed) => seed !== undefined) ? (Object.assign({}, ...seeds) as Item) : undefined;
  }
  if (filter.kind !== 'compare' || filter.operator !== 'eq') return undefined;
  const sub = findAttribute(attribute.subAttributes ?? [], filter.path.attribute);
  if (!sub || filter.path.urn !== undefined || filter.path.sub !== undefined) return undefined;
  return mergeComplex(reading, attribute, {}, { [sub.name]: filter.value });
}

function settlePrimary(attribute: Attribute, before: JsonValue[], after: JsonValue[]): JsonValue[] {
  const isPrimary = (item: JsonValue): boolean => isObject(item) && item['primary'] === true;
  const old = new Set(before.filter(isPrimary));
  const fresh = after.filter((item) => isPrimary(item) && !old.has(item));
  if (fresh.length === 0) return after;
  checkPrimary(attribute, fresh);
  return after.map((item) => (old.has(item) ? { ...(item as Item), primary: false } : item));
}

/**
 * Keeps the object that was there when nothing about it changed.
 * @throws ScimError mutability when an immutable sub-attribute that has a value changes
 */
function settle(attribute: Attribute, before: JsonValue, after: JsonValue): JsonValue {
  if (equalJson(before, after)) return before;
  const changed = attribute.subAttributes?.find(
    ({ name, mutability }) =>
      mutability === 'immutable' &&
      isObject(before) &&
      isObject(after) &&
      before[name] !== undefined &&
      !equalJson(before[name], after[name]),
  );
  if (changed) throw new ScimError('mutability', `"${attribute.name}.${changed.name}" cannot be changed.`);
  return after;
}
