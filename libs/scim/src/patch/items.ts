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
 * Makes one change of a multi-valued attribute (RFC 7644 §3.5.2.1–§3.5.2.3).
 * @param list the values of the attribute, which are changed
 * @throws ScimError noTarget, invalidValue, mutability, invalidFilter, tooLarge
 */
export function changeItems(list: ItemList, change: Change): void {
  const clears = change.op === 'replace' && isOfChosen(change) && clearsChosen(list.reading, change);
  if (change.op === 'remove' || clears) removeItems(list, clears ? { ...change, value: undefined } : change);
  else setItems(list, change);
  list.settlePrimary();
}

/** Whether the value is of single values, or of a part of them, and not all of the attribute. */
const isOfChosen = ({ target: { sub, filter } }: Change): boolean => sub !== undefined || filter !== undefined;

function clearsChosen({ dialect }: Reading, { target: { sub }, value }: Change): boolean {
  return isUnassigned(value, sub?.multiValued === true || tolerates(dialect, 'emptyListForOne'));
}

function setItems(list: ItemList, change: Change): void {
  const { op, target, value } = change;
  const { sub, filter } = target;
  const { reading, attribute } = list;
  if (!isOfChosen(change)) {
    const given = parseValue(reading, attribute, value);
    if (op === 'replace') list.clear();
    for (const item of Array.isArray(given) ? given : []) addItem(list, item);
    return;
  }
  if (clearsChosen(reading, change)) return;
  const chosen = list.chosen(filter);
  const given = sub ? { [sub.name]: value } : value;
  if (chosen.length > 0) {
    list.spendOnMaking(chosen, value);
    const made = (item: JsonValue) => settle(attribute, item, mergeComplex(reading, attribute, item as Item, given));
    return list.set(chosen.map((slot) => [slot, made(list.get(slot))] as const));
  }
  const seed = filter ? seedOf(reading, attribute, filter) : {};
  const creates = op === 'add' || !filter || (sub !== undefined && tolerates(reading.dialect, 'replaceCreates'));
  if (!seed || !creates) throw noTarget(attribute);
  addItem(list, mergeComplex(reading, attribute, seed, given));
}

const noTarget = ({ name }: Attribute) => new ScimError('noTarget', `The path means no value of "${name}".`);

/** Appends without duplicates (RFC 7644 §3.5.2.1): a value that is there already takes over what is new. */
function addItem(list: ItemList, item: JsonValue): void {
  const twin = list.twinOf(item);
  if (twin === undefined) return list.append(item);
  const before = list.get(twin);
  const merged = isObject(before) && isObject(item) ? settle(list.attribute, before, { ...before, ...item }) : item;
  list.set([[twin, merged]]);
}

function removeItems(list: ItemList, { target, value }: Change): void {
  const { sub, filter } = target;
  const { reading, attribute } = list;
  if (!sub && !filter) {
    if (value === undefined || value === null) return list.clear();
    return removeThose(list, parseValue(reading, attribute, value));
  }
  const chosen = list.chosen(filter);
  if (filter && chosen.length === 0 && !tolerates(reading.dialect, 'removeOfNothing')) throw noTarget(attribute);
  if (!sub) return chosen.forEach((slot) => list.drop(slot));
  const having = chosen.filter((slot) => Object.hasOwn(list.get(slot) as Item, sub.name));
  list.spendOnMaking(having, undefined);
  const rests = having.map((slot): [number, Item] => {
    const item = list.get(slot) as Item;
    const rest = mergeComplex(reading, attribute, item, { [sub.name]: null });
    settle(attribute, item, rest);
    return [slot, rest];
  });
  // What is left of an e-mail address without the address says nothing.
  const isNothing = (rest: Item) => sub.name === 'value' || Object.keys(rest).length === 0;
  for (const [slot, rest] of rests) if (isNothing(rest)) list.drop(slot);
  list.set(rests.filter(([, rest]) => !isNothing(rest)));
}

/** Removes the values that a `remove` names: by (type, value), by `value` alone where no type is told, else wholly. */
function removeThose(list: ItemList, named: JsonValue | undefined): void {
  const { reading, attribute } = list;
  for (const item of Array.isArray(named) ? named : []) {
    const twin = list.twinOf(item);
    if (twin !== undefined) list.drop(twin);
    const value = isObject(item) && item['type'] === undefined ? item['value'] : undefined;
    if (typeof value !== 'string') continue;
    const key = (text: unknown) => valueKey(reading.fold, attribute, text as string);
    for (const slot of list.found('value', value))
      if (key((list.get(slot) as Item)['value']) === key(value)) list.drop(slot);
  }
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
