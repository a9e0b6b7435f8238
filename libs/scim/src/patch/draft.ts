import { isObject, type JsonValue, type ScimAttributes } from '../json.js';
import { tolerates } from '../quirks.js';
import { invalid, isUnassigned, mergeComplex, parseValue, type Reading, unassignable } from '../values.js';
import { Budget } from './budget.js';
import { ItemList } from './item-list.js';
import { changeItems } from './items.js';
import { type Change, type Target } from './target.js';

/** Core attributes that have a value always, though the schema does not require one in a body. */
const NEVER_UNASSIGNED = new Set(['active']);

/** The attributes of a resource while a PATCH is under way. What was given is not changed. */
export class Draft {
  private state: ScimAttributes;
  private readonly lists = new Map<Target['attribute'], { list: ItemList; target: Target }>();
  private readonly budget = new Budget();

  constructor(
    private readonly reading: Reading,
    attributes: ScimAttributes,
  ) {
    this.state = attributes;
  }

  /** Makes one change. @throws ScimError mutability, noTarget, invalidValue, invalidFilter, tooLarge */
  make(change: Change): void {
    const { op, target } = change;
    const { attribute, sub, filter } = target;
    const isList = sub ? sub.multiValued : attribute.multiValued && !filter;
    const clears = isUnassigned(change.value, isList || tolerates(this.reading.dialect, 'emptyListForOne'));
    const value = op === 'remove' || clears ? null : change.value;
    if (value === null && !sub && !filter && (op !== 'add' || !attribute.multiValued)) checkMayBeUnassigned(change);
    if (attribute.multiValued) return changeItems(this.listOf(target), change);
    if (value === null && !sub) return op === 'add' ? undefined : this.set(target, undefined);
    if (attribute.type !== 'complex') return this.set(target, parseValue(this.reading, attribute, value));
    const current = this.get(target);
    const object = isObject(current) ? current : {};
    const merged = mergeComplex(this.reading, attribute, object, sub ? { [sub.name]: value } : value);
    this.set(target, Object.keys(merged).length === 0 ? undefined : merged);
  }

  /** @returns the attributes as they are now; what did not change is the same object as before */
  attributes(): ScimAttributes {
    for (const { list, target } of this.lists.values()) this.set(target, list.value());
    return this.state;
  }

  private listOf(target: Target): ItemList {
    const { attribute } = target;
    const known = this.lists.get(attribute);
    if (known) return known.list;
    const list = new ItemList(this.reading, attribute, this.get(target), this.budget);
    this.lists.set(attribute, { list, target });
    return list;
  }

  private get({ extension, attribute }: Target): JsonValue | undefined {
    const section = extension ? this.state[extension.id] : this.state;
    return isObject(section) ? section[attribute.name] : undefined;
  }

  /** What is never returned is not kept: its value has been read, to be refused when it is wrong. */
  private set({ extension, attribute }: Target, value: JsonValue | undefined): void {
    if (attribute.returned === 'never') return;
    if (!extension) {
      this.state = withValue(this.state, attribute.name, value);
      return;
    }
    const inner = this.state[extension.id];
    const before = isObject(inner) ? inner : {};
    const next = withValue(before, attribute.name, value);
    if (next === before) return;
    this.state = withValue(this.state, extension.id, Object.keys(next).length === 0 ? undefined : next);
  }
}

/** An extension that goes as a whole takes what it requires along. */
function checkMayBeUnassigned({ target: { attribute, extension }, isWhole }: Change): void {
  if (attribute.required && !isWhole) throw unassignable(attribute.name);
  if (!extension && NEVER_UNASSIGNED.has(attribute.name)) throw invalid(attribute.name, 'cannot be unassigned');
}

function withValue(object: ScimAttributes, name: string, value: JsonValue | undefined): ScimAttributes {
  if (object[name] === value) return object;
  const { [name]: _before, ...rest } = object;
  return value === undefined ? rest : { ...rest, [name]: value };
}
