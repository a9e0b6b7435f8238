import { type Filter } from '../filter/ast.js';
import { itemMatcher } from '../filter/match.js';
import { isObject, type JsonValue } from '../json.js';
import { type Attribute } from '../schema/attribute.js';
import { checkPrimary, itemKey, type Reading } from '../values.js';
import { type Budget, lengthOf } from './budget.js';

/** The sub-attributes by whose text values are found without looking at each: those that clients choose values by. */
const INDEXED = ['value', 'type'] as const;
type Indexed = (typeof INDEXED)[number];

/** The least that looking at a value, or making one anew, costs; see `Budget`. */
const LOOK = 8;
const MAKE = 100;

/**
 * The values of one multi-valued attribute while a PATCH is under way, in order and without duplicates. Each keeps its
 * place while it changes, so an operation costs what it changes and not what there is.
 */
export class ItemList {
  private slots: (JsonValue | undefined)[] = [];
  private readonly keys: string[] = [];
  private readonly slotOf = new Map<string, number>();
  private readonly indexes = new Map<Indexed, Map<string, Set<number>>>();
  private readonly primaries = new Set<number>();
  /** Places whose value was made the primary one by the operation in hand. */
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

  /** The values as they are now: the very array that was there when nothing changed, undefined when none is left. */
  value(): JsonValue | undefined {
    const items = this.slots.filter((item) => item !== undefined);
    const isSame = items.length === this.before.length && items.every((item, i) => item === this.before[i]);
    if (isSame) return this.current;
    return items.length === 0 ? undefined : items;
  }

  get(slot: number): JsonValue {
    return this.slots[slot]!;
  }

  /** @returns the place of the value with the same key, if there is one */
  twinOf(item: JsonValue): number | undefined {
    return this.slotOf.get(this.keyOf(item));
  }

  /** @returns the places of the values that the filter means, or of all */
  chosen(filter: Filter | undefined): number[] {
    if (!filter) {
      this.budget.spend(LOOK * this.slots.length);
      return this.all();
    }
    const test = itemMatcher(this.attribute, filter, this.reading.fold);
    const candidates = this.candidatesOf(filter);
    this.budget.spend(candidates ? LOOK * candidates.length : this.characters + LOOK * this.slots.length, filter);
    return (candidates ?? this.all()).filter((slot) => test(this.get(slot)));
  }

  /** @returns the places of the values whose `value` or `type` is the text, by the folded text */
  found(name: Indexed, text: string): number[] {
    return [...(this.indexOf(name).get(this.reading.fold(text)) ?? [])].toSorted((a, b) => a - b);
  }

  append(item: JsonValue): void {
    this.slots.push(undefined);
    this.put(this.slots.length - 1, item);
  }

  /**
   * Sets values at their places. Of two that become the same, the last one is kept, at the place of the first, as in
   * a list that is read.
   */
  set(changes: readonly (readonly [slot: number, item: JsonValue])[]): void {
    const real = changes.filter(([slot, item]) => this.slots[slot] !== item);
    for (const [slot] of real) this.drop(slot);
    for (const [slot, item] of real) this.put(slot, item);
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

  /** A value that became the primary one takes that from the others (RFC 7644 §3.5.2). @throws ScimError invalidValue */
  settlePrimary(): void {
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

  /** What it costs to make that many values anew, each with the text of a value. */
  spendOnMaking(slots: readonly number[], text: JsonValue | undefined): void {
    this.budget.spend(slots.length * (MAKE + lengthOf(text)) + (slots.length > 1 ? this.characters : 0));
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

  /** What may meet a filter that asks for one text, alone or beside other conditions; undefined for any other filter. */
  private candidatesOf(filter: Filter): number[] | undefined {
    if (filter.kind === 'and') {
      const asking = filter.operands.find((operand) => this.candidatesOf(operand) !== undefined);
      return asking && this.candidatesOf(asking);
    }
    if (filter.kind !== 'compare' || filter.operator !== 'eq' || typeof filter.value !== 'string') return undefined;
    const { urn, attribute, sub } = filter.path;
    const name = INDEXED.find((indexed) => indexed === attribute.toLowerCase());
    const type = this.attribute.subAttributes?.find((one) => one.name === name)?.type;
    const isText = type === 'string' || type === 'reference' || type === 'binary';
    return name && isText && urn === undefined && sub === undefined ? this.found(name, filter.value) : undefined;
  }

  private indexOf(name: Indexed): Map<string, Set<number>> {
    const known = this.indexes.get(name);
    if (known) return known;
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
