import { ScimError } from '../errors.js';
import { type Filter } from '../filter/ast.js';
import { itemMatcher } from '../filter/match.js';
import { equalJson, isObject, type JsonValue } from '../json.js';
import { type Attribute, findAttribute } from '../schema/attribute.js';
import { type Fold } from '../text.js';
import { checkPrimary, isUnassigned, itemKey, mergeComplex, parseValue } from '../values.js';
import { type Change } from './target.js';

type Item = { [name: string]: JsonValue };

/**
 * The new values of a multi-valued attribute (RFC 7644 §3.5.2.1–§3.5.2.3); undefined when none is left.
 * A value that becomes the primary one takes that from the others (RFC 7644 §3.5.2).
 */
export function changeItems(current: JsonValue | undefined, change: Change, fold: Fold): JsonValue | undefined {
  const items = Array.isArray(current) ? current : [];
  const inside = change.target.sub !== undefined || change.target.filter !== undefined;
  const clears = change.op === 'replace' && inside && isUnassigned(change.value);
  const next =
    change.op === 'remove' || clears
      ? removeItems(items, clears ? { ...change, value: undefined } : change, fold)
      : setItems(items, change, fold);
  const settled = settlePrimary(change.target.attribute, items, next);
  if (settled.length === items.length && settled.every((item, i) => item === items[i])) return current;
  return settled.length === 0 ? undefined : settled;
}

function setItems(items: JsonValue[], { op, target, value }: Change, fold: Fold): JsonValue[] {
  const { attribute, sub, filter } = target;
  if (!sub && !filter) {
    const given = parseValue(attribute, value);
    const fresh = Array.isArray(given) ? given : [];
    return op === 'replace' ? fresh : addItems(attribute, items, fresh);
  }
  if (isUnassigned(value)) return items;
  const chosen = new Set(items.filter(chooserOf(attribute, filter, fold)));
  const given = sub ? { [sub.name]: value } : value;
  const merged = (item: JsonValue): JsonValue => settle(item, mergeComplex(attribute, item as Item, given));
  if (chosen.size > 0) return items.map((item) => (chosen.has(item) ? merged(item) : item));
  const seed = filter ? seedOf(attribute, filter) : {};
  if (!seed || (filter && !sub && op === 'replace')) {
    throw new ScimError('noTarget', `The path means no value of "${attribute.name}".`);
  }
  return addItems(attribute, items, [mergeComplex(attribute, seed, given)]);
}

/** Appends without duplicates (RFC 7644 §3.5.2.1): a value that is there already takes over what is new. */
function addItems(attribute: Attribute, items: JsonValue[], fresh: JsonValue[]): JsonValue[] {
  const byKey = new Map(items.map((item) => [itemKey(attribute, item), item]));
  for (const item of fresh) {
    const key = itemKey(attribute, item);
    const before = byKey.get(key);
    byKey.set(key, isObject(before) && isObject(item) ? settle(before, { ...before, ...item }) : item);
  }
  return [...byKey.values()];
}

function removeItems(items: JsonValue[], { target, value }: Change, fold: Fold): JsonValue[] {
  const { attribute, sub, filter } = target;
  const chosen = chooserOf(attribute, filter, fold);
  if (sub) {
    return items.flatMap((item) => {
      if (!chosen(item) || !isObject(item) || !Object.hasOwn(item, sub.name)) return [item];
      const rest = mergeComplex(attribute, item, { [sub.name]: null });
      // What is left of an e-mail address without the address says nothing.
      return sub.name === 'value' || Object.keys(rest).length === 0 ? [] : [rest];
    });
  }
  if (filter) return items.filter((item) => !chosen(item));
  if (value === undefined || value === null) return [];
  return withoutThose(attribute, items, parseValue(attribute, value));
}

/** Without the items that a `remove` names: by (type, value), by `value` alone where no type is told, else wholly. */
function withoutThose(attribute: Attribute, items: JsonValue[], named: JsonValue | undefined): JsonValue[] {
  const gone = Array.isArray(named) ? named : [];
  const keys = new Set(gone.map((item) => itemKey(attribute, item)));
  const values = new Set(
    gone.map((item) => (isObject(item) && item['type'] === undefined ? item['value'] : undefined)),
  );
  return items.filter((item) => {
    const value = isObject(item) ? item['value'] : undefined;
    return !keys.has(itemKey(attribute, item)) && (value === undefined || !values.has(value));
  });
}

function chooserOf(attribute: Attribute, filter: Filter | undefined, fold: Fold): (item: JsonValue) => boolean {
  return filter ? itemMatcher(attribute, filter, fold) : () => true;
}

/** The value that an `eq` filter describes, so that it can be made: `type eq "work"` → `{type: "work"}`. */
function seedOf(attribute: Attribute, filter: Filter): Item | undefined {
  if (filter.kind === 'and') {
    const seeds = filter.operands.map((operand) => seedOf(attribute, operand));
    return seeds.every((seed) => seed !== undefined) ? (Object.assign({}, ...seeds) as Item) : undefined;
  }
  if (filter.kind !== 'compare' || filter.operator !== 'eq') return undefined;
  const sub = findAttribute(attribute.subAttributes ?? [], filter.path.attribute);
  if (!sub || filter.path.urn !== undefined || filter.path.sub !== undefined) return undefined;
  return mergeComplex(attribute, {}, { [sub.name]: filter.value });
}

function settlePrimary(attribute: Attribute, before: JsonValue[], after: JsonValue[]): JsonValue[] {
  const isPrimary = (item: JsonValue): boolean => isObject(item) && item['primary'] === true;
  const old = new Set(before.filter(isPrimary));
  const fresh = after.filter((item) => isPrimary(item) && !old.has(item));
  if (fresh.length === 0) return after;
  checkPrimary(attribute, fresh);
  return after.map((item) => (old.has(item) ? { ...(item as Item), primary: false } : item));
}

/** Keeps the object that was there when nothing about it changed. */
const settle = (before: JsonValue, after: JsonValue): JsonValue => (equalJson(before, after) ? before : after);
