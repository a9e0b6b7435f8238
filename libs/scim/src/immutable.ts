import { ScimError } from './errors.js';
import { equalJson, isObject, type JsonValue, type ScimAttributes } from './json.js';
import { type Attribute, type ResourceType } from './schema/attribute.js';
import { type Fold, foldCase } from './text.js';
import { itemKey } from './values.js';

type Omitted = 'kept' | 'refused';

/** What becomes of an immutable value that is omitted, and by what the values of an attribute with many are told apart. */
type Holding = { omitted: Omitted; keyOf: (attribute: Attribute, item: JsonValue) => string };

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
  const holding = { omitted, keyOf };
  const result = hold(holding, type.schema.attributes, before, after);
  for (const { id, attributes } of type.extensions) {
    const [held, given] = [before[id], after[id]];
    if (!isItem(held) || held === given) continue;
    const section = holdObject(holding, attributes, held, given);
    if (section !== undefined) result[id] = section;
  }
  return result;
}

/** What is said of attributes, with those that are immutable as they are held. */
function hold(
  holding: Holding,
  attributes: readonly Attribute[],
  old: ScimAttributes,
  said: ScimAttributes,
): ScimAttributes {
  const result = { ...said };
  for (const attribute of attributes) {
    const [held, given] = [old[attribute.name], said[attribute.name]];
    if (held === undefined || held === given) continue;
    const value = isImmutable(attribute)
      ? heldValue(holding, attribute, held, given)
      : holdParts(holding, attribute, held, given);
    if (value !== undefined) result[attribute.name] = value;
  }
  return result;
}

function heldValue(
  { omitted }: Holding,
  attribute: Attribute,
  held: JsonValue,
  given: JsonValue | undefined,
): JsonValue {
  if (given === undefined ? omitted === 'kept' : equalJson(held, given)) return held;
  throw new ScimError('mutability', `"${attribute.name}" cannot be changed once it has a value.`);
}

/** A value that may change, while parts of it are immutable; of many values each by itself, and any of them may go. */
function holdParts(
  holding: Holding,
  attribute: Attribute,
  held: JsonValue,
  given: JsonValue | undefined,
): JsonValue | undefined {
  const { subAttributes = [] } = attribute;
  if (!subAttributes.some(isImmutable)) return given;
  if (!Array.isArray(held)) return isItem(held) ? holdObject(holding, subAttributes, held, given) : given;
  if (!Array.isArray(given)) return given;
  const known = new Map(held.map((item) => [holding.keyOf(attribute, item), item]));
  return given.map((item) => {
    const twin = known.get(holding.keyOf(attribute, item));
    return isItem(twin) && isItem(item) ? hold(holding, subAttributes, twin, item) : item;
  });
}

/** An object; one that is left out as a whole and has to stay in part, stays with what it requires. */
function holdObject(
  holding: Holding,
  attributes: readonly Attribute[],
  held: ScimAttributes,
  given: JsonValue | undefined,
): JsonValue | undefined {
  if (isItem(given)) return hold(holding, attributes, held, given);
  const kept = hold(holding, attributes, held, {});
  if (Object.keys(kept).length === 0) return given;
  const required = attributes.filter(({ name, required }) => required && held[name] !== undefined);
  return { ...Object.fromEntries(required.map(({ name }) => [name, held[name]!])), ...kept };
}

const isImmutable = ({ mutability }: Attribute): boolean => mutability === 'immutable';
const isItem = (value: JsonValue | undefined): value is ScimAttributes => isObject(value);
