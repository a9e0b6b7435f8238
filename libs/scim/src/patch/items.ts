import { ScimError } from '../errors.js';
import { type Filter } from '../filter/ast.js';
import { equalJson, isObject, type JsonValue } from '../json.js';
import { type Attribute, findAttribute } from '../schema/attribute.js';
import { tolerates } from '../quirks.js';
import { isUnassigned, mergeComplex, parseValue, type Reading, valueKey } from '../values.js';
import { type ItemList } from './item-list.js';
import { type Change } from './target.js';

type Item = { [name: string]: JsonValue };

/**
 * Applies one change to a multi-valued attribute (RFC 7644 §3.5.2.1–§3.5.2.3).
 * @param list the values of the attribute; changed in place
 * @throws ScimError noTarget, invalidValue, mutability, invalidFilter, tooLarge
 */
export function changeItems(list: ItemList, change: Change): void {
  const clears = change.op === 'replace' && isSelective(change) && clearsSelected(list.reading, change);
  if (change.op === 'remove' || clears) removeItems(list, clears ? { ...change, value: undefined } : change);
  else setItems(list, change);
  list.demoteOldPrimaries();
}

/** Whether the change concerns selected values or a sub-attribute, not the whole attribute. */
const isSelective = ({ target: { sub, filter } }: Change): boolean => sub !== undefined || filter !== undefined;

function clearsSelected({ dialect }: Reading, { target: { sub }, value }: Change): boolean {
  return isUnassigned(value, sub?.multiValued === true || tolerates(dialect, 'emptyListForOne'));
}

function setItems(list: ItemList, change: Change): void {
  const { op, target, value } = change;
  const { sub, filter } = target;
  const { reading, attribute } = list;
  if (!isSelective(change)) {
    const given = parseValue(reading, attribute, value);
    if (op === 'replace') list.clear();
    for (const item of Array.isArray(given) ? given : []) addItem(list, item);
    return;
  }
  if (clearsSelected(reading, change)) return;
  const selected = list.matching(filter);
  const given = sub ? { [sub.name]: value } : value;
  if (selected.length > 0) {
    list.spendOnBuilding(selected, value);
    const merged = (item: JsonValue) =>
      keepImmutable(attribute, item, mergeComplex(reading, attribute, item as Item, given));
    return list.set(selected.map((slot) => [slot, merged(list.get(slot))] as const));
  }
  const seed = filter ? seedOf(reading, attribute, filter) : {};
  const creates = op === 'add' || !filter || (sub !== undefined && tolerates(reading.dialect, 'replaceCreates'));
  if (!seed || !creates) throw noTarget(attribute);
  addItem(list, mergeComplex(reading, attribute, seed, given));
}

const noTarget = ({ name }: Attribute) => new ScimError('noTarget', `The path does not match any value of "${name}".`);

/** Appends without duplicates (RFC 7644 §3.5.2.1): an existing value with the same key is updated. */
function addItem(list: ItemList, item: JsonValue): void {
  const twin = list.twinOf(item);
  if (twin === undefined) return list.append(item);
  const before = list.get(twin);
  const merged =
    isObject(before) && isObject(item) ? keepImmutable(list.attribute, before, { ...before, ...item }) : item;
  list.set([[twin, merged]]);
}

function removeItems(list: ItemList, { target, value }: Change): void {
  const { sub, filter } = target;
  const { reading, attribute } = list;
  if (!sub && !filter) {
    if (value === undefined || value === null) return list.clear();
    return removeNamed(list, parseValue(reading, attribute, value));
  }
  const selected = list.matching(filter);
  if (filter && selected.length === 0 && !tolerates(reading.dialect, 'removeOfNothing')) throw noTarget(attribute);
  if (!sub) return selected.forEach((slot) => list.drop(slot));
  const assigned = selected.filter((slot) => Object.hasOwn(list.get(slot) as Item, sub.name));
  list.spendOnBuilding(assigned, undefined);
  const remainders = assigned.map((slot): [number, Item] => {
    const item = list.get(slot) as Item;
    const remainder = mergeComplex(reading, attribute, item, { [sub.name]: null });
    keepImmutable(attribute, item, remainder);
    return [slot, remainder];
  });
  // An e-mail entry without its address has no meaning.
  const isEmpty = (remainder: Item) => sub.name === 'value' || Object.keys(remainder).length === 0;
  for (const [slot, remainder] of remainders) if (isEmpty(remainder)) list.drop(slot);
  list.set(remainders.filter(([, remainder]) => !isEmpty(remainder)));
}

/** Removes the values that a `remove` names: by (type, value), by `value` alone when no type is given, else by equality. */
function removeNamed(list: ItemList, named: JsonValue | undefined): void {
  const { reading, attribute } = list;
  for (const item of Array.isArray(named) ? named : []) {
    const twin = list.twinOf(item);
    if (twin !== undefined) list.drop(twin);
    const value = isObject(item) && item['type'] === undefined ? item['value'] : undefined;
    if (typeof value !== 'string') continue;
    const key = (text: unknown) => valueKey(reading.fold, attribute, text as string);
    for (const slot of list.slotsWith('value', value))
      if (key((list.get(slot) as Item)['value']) === key(value)) list.drop(slot);
  }
}

/** The value that an `eq` filter describes, to create it: `type eq "work"` → `{type: "work"}`. */
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

/**
 * @returns `before` when both are equal, else `after`
 * @throws ScimError mutability when an immutable sub-attribute with a value changes
 */
function keepImmutable(attribute: Attribute, before: JsonValue, after: JsonValue): JsonValue {
  if (equalJson(before, after)) return before;
  const changed = attribute.subAttributes?.find(
    ({ name, mutability }) =>
      mutability === 'immutable' &&
      isObject(before) &&
      isObject(after) &&
      before[name] !== undefined &&
      !equalJson(before[name], after[name]),
  );
  if (changed) throw new ScimError('mutability', `"${attribute.name}.${changed.name}" is immutable.`);
  return after;
}
