import { ScimError } from './errors.js';
import { equalJson, isObject, type JsonValue, type ScimAttributes } from './json.js';
import { type Attribute, type ResourceType } from './schema/attribute.js';
import { type Fold, foldCase } from './text.js';
import { itemKey } from './values.js';

type Omitted = 'kept' | 'refused';

/**
 * What a PUT makes of a resource: an immutable attribute that has a value keeps it when the body omits it, and must be
 * given as it is otherwise; one without a value may get one (RFC 7644 §3.5.1).
 * @param before what the resource held until now
 * @param said as `parseResource` gives it
 * @throws ScimError mutability
 */
export function replaceResource(type: ResourceType, before: ScimAttributes, said: ScimAttributes): ScimAttributes {
  return holdImmutable(type, before, said, 'kept', foldCase);
}

/**
 * Holds the immutable attributes and sub-attributes to the values that they have.
 * @param omitted what becomes of one that has no value any more
 * @returns the attributes, with what was kept
 * @throws ScimError mutability
 */
export function holdImmutable(
  type: ResourceType,
  before: ScimAttributes,
  after: ScimAttributes,
  omitted: Omitted,
  fold: Fold,
): ScimAttributes {
  const keyOf = (attribute: Attribute, item: JsonValue) => itemKey({ dialect: type.dialect, fold }, attribute, item);
  const hold = (attributes: readonly Attribute[], old: ScimAttributes, said: ScimAttributes): ScimAttributes => {
    const result = { ...said };
    for (const attribute of attributes) {
      const [held, given] = [old[attribute.name], said[attribute.name]];
      if (held === undefined || held === given) continue;
      const value = isImmutable(attribute)
        ? heldValue(attribute, held, given, omitted)
        : inside(attribute, held, given);
      if (value !== undefined) result[attribute.name] = value;
    }
    return result;
  };
  const inside = (attribute: Attribute, held: JsonValue, given: JsonValue | undefined): JsonValue | undefined => {
    const subAttributes = attribute.subAttributes?.filter(isImmutable) ?? [];
    if (subAttributes.length === 0) return given;
    if (Array.isArray(held)) {
      if (!Array.isArray(given)) return given;
      const known = new Map(held.map((item) => [keyOf(attribute, item), item]));
      return given.map((item) => {
        const twin = known.get(keyOf(attribute, item));
        return isItem(twin) && isItem(item) ? hold(subAttributes, twin, item) : item;
      });
    }
    if (!isItem(held)) return given;
    return part(subAttributes, attribute.subAttributes ?? [], held, given);
  };
  /** What is left out as a whole and has to stay in part, stays with what it requires. */
  const part = (
    looked: readonly Attribute[],
    all: readonly Attribute[],
    held: ScimAttributes,
    given: JsonValue | undefined,
  ): JsonValue | undefined => {
    const kept = hold(looked, held, isItem(given) ? given : {});
    if (isItem(given) || Object.keys(kept).length === 0) return isItem(given) ? kept : given;
    const required = all.filter((item) => item.required && held[item.name] !== undefined);
    return { ...Object.fromEntries(required.map(({ name }) => [name, held[name]!])), ...kept };
  };
  const result = hold(type.schema.attributes, before, after);
  for (const { id, attributes } of type.extensions) {
    const [held, given] = [before[id], after[id]];
    if (!isItem(held) || held === given) continue;
    const whole = part(attributes, attributes, held, given);
    if (whole !== undefined) result[id] = whole;
  }
  return result;
}

function heldValue(attribute: Attribute, held: JsonValue, given: JsonValue | undefined, omitted: Omitted): JsonValue {
  if (given === undefined ? omitted === 'kept' : equalJson(held, given)) return held;
  throw new ScimError('mutability', `"${attribute.name}" cannot be changed once it has a value.`);
}

const isImmutable = ({ mutability }: Attribute): boolean => mutability === 'immutable';
const isItem = (value: JsonValue | undefined): value is ScimAttributes => isObject(value);
