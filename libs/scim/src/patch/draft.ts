import { isObject, type JsonValue, type ScimAttributes } from '../json.js';
import { tolerates } from '../quirks.js';
import { invalid, isUnassigned, mergeComplex, parseValue, type Reading, unassignable } from '../values.js';
import { Budget } from './budget.js';
import { ItemList } from './item-list.js';
import { changeItems } from './items.js';
import { type Change, type Target } from './target.js';

/** Core attributes that always have a value, although the schema does not require them in a body. */
const NEVER_UNASSIGNED = new Set(['active']);

/** The attributes of a resource during a PATCH. The original object is not changed. */
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

  /** Applies one change. @throws ScimError mutability, noTarget, invalidValue, invalidFilter, tooLarge */
  apply(change: Change): void {
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

  /** @returns the current attributes; unchanged values are the same objects as before */
  attributes(): ScimAttributes {
    for (const { list, target } of this.lists.values()) this.set(target, list.value());
    return this.state;
  }

  private listOf(target: Target): ItemList {
    const { attribute } = target;
    const existing = this.lists.get(attribute);
    if (existing) return existing.list;
    const list = new ItemList(this.reading, attribute, this.get(target), this.budget);
    this.lists.set(attribute, { list, target });
    return list;
  }

  private get({ extension, attribute }: Target): JsonValue | undefined {
    const section = extension ? this.state[extension.id] : this.state;
    return isObject(section) ? section[attribute.name] : undefined;
  }

  /** Attributes that are never returned are not stored; their values were only validated. */
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

/** Required attributes of an extension can be removed only together with the whole extension. */
function checkMayBeUnassigned({ target: { attribute, extension }, isWhole }: Change): void {
  if (attribute.required && !isWhole) throw unassignable(attribute.name);
  if (!extension && NEVER_UNASSIGNED.has(attribute.name)) throw invalid(attribute.name, 'cannot be removed');
}

function withValue(object: ScimAttributes, name: string, value: JsonValue | undefined): ScimAttributes {
  if (object[name] === value) return object;
  const { [name]: _before, ...rest } = object;
  return value === undefined ? rest : { ...rest, [name]: value };
}
