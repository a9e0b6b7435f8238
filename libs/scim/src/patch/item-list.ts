import { type Filter } from '../filter/ast.js';
import { itemMatcher } from '../filter/match.js';
import { isObject, type JsonValue } from '../json.js';
import { type Attribute } from '../schema/attribute.js';
import { checkPrimary, itemKey, type Reading } from '../values.js';
import { type Budget, lengthOf } from './budget.js';

/** The sub-attributes with an index, because clients select values by them. */
const INDEXED = ['value', 'type'] as const;
type Indexed = (typeof INDEXED)[number];

/** The minimum cost of reading a value and of building a new one; see `Budget`. */
const READ_COST = 8;
const BUILD_COST = 100;

/**
 * The values of one multi-valued attribute during a PATCH, in order and without duplicates. A value keeps its slot when it
 * changes, so the cost of an operation depends on the number of changed values and not on the length of the list.
 */
export class ItemList {
  private slots: (JsonValue | undefined)[] = [];
  private readonly keys: string[] = [];
  private readonly slotOf = new Map<string, number>();
  private readonly indexes = new Map<Indexed, Map<string, Set<number>>>();
  private readonly primaries = new Set<number>();
  /** Slots whose value became primary in the current operation. */
  private readonly newPrimaries = new Set<number>();
  private characters = 0;
  private readonly before: readonly JsonValue[];

  constructor(
    readonly reading: Reading,
    readonly attribute: Attribute,
    private readonly current: JsonValue | undefined,
    private readonly budget: Budget,
  ) {
    this.before = Array.isArray(current) ? current : [];
    for (const item of this.before) this.append(item);
    this.newPrimaries.clear();
  }

  /** @returns the current values: the same array as before when nothing changed, undefined when the list is empty */
  value(): JsonValue | undefined {
    const items = this.slots.filter((item) => item !== undefined);
    const isSame = items.length === this.before.length && items.every((item, i) => item === this.before[i]);
    if (isSame) return this.current;
    return items.length === 0 ? undefined : items;
  }

  get(slot: number): JsonValue {
    return this.slots[slot]!;
  }

  /** @returns the slot of the value with the same key; undefined when the list has none */
  twinOf(item: JsonValue): number | undefined {
    return this.slotOf.get(this.keyOf(item));
  }

  /** @returns the slots of the values that match the filter, or of all values */
  matching(filter: Filter | undefined): number[] {
    if (!filter) {
      this.budget.spend(READ_COST * this.slots.length);
      return this.all();
    }
    const test = itemMatcher(this.attribute, filter, this.reading.fold);
    const candidates = this.candidatesOf(filter);
    this.budget.spend(
      candidates ? READ_COST * candidates.length : this.characters + READ_COST * this.slots.length,
      filter,
    );
    return (candidates ?? this.all()).filter((slot) => test(this.get(slot)));
  }

  /** @returns the slots of the values whose `value` or `type` equals the string, not case-sensitive */
  slotsWith(name: Indexed, text: string): number[] {
    return [...(this.indexOf(name).get(this.reading.fold(text)) ?? [])].toSorted((a, b) => a - b);
  }

  append(item: JsonValue): void {
    this.slots.push(undefined);
    this.put(this.slots.length - 1, item);
  }

  /**
   * Sets values at their slots. When two become the same, the last one is kept in the first slot, as when a list is
   * parsed.
   */
  set(changes: readonly (readonly [slot: number, item: JsonValue])[]): void {
    const effective = changes.filter(([slot, item]) => this.slots[slot] !== item);
    for (const [slot] of effective) this.drop(slot);
    for (const [slot, item] of effective) this.put(slot, item);
  }

  drop(slot: number): void {
    const item = this.slots[slot];
    if (item === undefined) return;
    this.slotOf.delete(this.keys[slot]!);
    this.slots[slot] = undefined;
    this.characters -= lengthOf(item);
    this.primaries.delete(slot);
    this.newPrimaries.delete(slot);
    for (const [name, index] of this.indexes) index.get(this.textOf(name, item) ?? '')?.delete(slot);
  }

  clear(): void {
    for (const slot of this.all()) this.drop(slot);
    this.slots = [];
  }

  /** Makes other values non-primary when a value became primary (RFC 7644 §3.5.2). @throws ScimError invalidValue */
  demoteOldPrimaries(): void {
    if (this.newPrimaries.size > 0) {
      if (this.newPrimaries.size > 1)
        checkPrimary(
          this.attribute,
          [...this.newPrimaries].map((slot) => this.get(slot)),
        );
      const others = [...this.primaries].filter((slot) => !this.newPrimaries.has(slot));
      this.set(others.map((slot) => [slot, { ...(this.get(slot) as object), primary: false }]));
    }
    this.newPrimaries.clear();
  }

  /** Spends the cost of rebuilding the values in these slots, each with the new value. */
  spendOnBuilding(slots: readonly number[], value: JsonValue | undefined): void {
    this.budget.spend(slots.length * (BUILD_COST + lengthOf(value)) + (slots.length > 1 ? this.characters : 0));
  }

  private put(slot: number, item: JsonValue): void {
    const key = this.keyOf(item);
    const twin = this.slotOf.get(key);
    if (twin !== undefined && twin !== slot) {
      const last = twin > slot ? this.get(twin) : item;
      this.drop(twin);
      return this.put(Math.min(twin, slot), last);
    }
    this.slots[slot] = item;
    this.keys[slot] = key;
    this.slotOf.set(key, slot);
    this.characters += lengthOf(item);
    if (isPrimary(item)) this.primaries.add(slot);
    if (isPrimary(item)) this.newPrimaries.add(slot);
    for (const name of this.indexes.keys()) this.enter(name, slot);
  }

  private all(): number[] {
    return this.slots.flatMap((item, slot) => (item === undefined ? [] : [slot]));
  }

  private keyOf(item: JsonValue): string {
    return itemKey(this.reading, this.attribute, item);
  }

  /** The slots that can match a filter with `eq` on an indexed sub-attribute; undefined for any other filter. */
  private candidatesOf(filter: Filter): number[] | undefined {
    if (filter.kind === 'and') {
      const indexed = filter.operands.find((operand) => this.candidatesOf(operand) !== undefined);
      return indexed && this.candidatesOf(indexed);
    }
    if (filter.kind !== 'compare' || filter.operator !== 'eq' || typeof filter.value !== 'string') return undefined;
    const { urn, attribute, sub } = filter.path;
    const name = INDEXED.find((indexed) => indexed === attribute.toLowerCase());
    const type = this.attribute.subAttributes?.find((one) => one.name === name)?.type;
    const isString = type === 'string' || type === 'reference' || type === 'binary';
    return name && isString && urn === undefined && sub === undefined ? this.slotsWith(name, filter.value) : undefined;
  }

  private indexOf(name: Indexed): Map<string, Set<number>> {
    const existing = this.indexes.get(name);
    if (existing) return existing;
    this.indexes.set(name, new Map());
    for (const slot of this.all()) this.enter(name, slot);
    return this.indexes.get(name)!;
  }

  private enter(name: Indexed, slot: number): void {
    const text = this.textOf(name, this.get(slot));
    if (text === undefined) return;
    const index = this.indexes.get(name)!;
    const slots = index.get(text) ?? new Set();
    index.set(text, slots.add(slot));
  }

  private textOf(name: Indexed, item: JsonValue): string | undefined {
    const text = isObject(item) ? item[name] : undefined;
    return typeof text === 'string' ? this.reading.fold(text) : undefined;
  }
}

const isPrimary = (item: JsonValue): boolean => isObject(item) && item['primary'] === true;
