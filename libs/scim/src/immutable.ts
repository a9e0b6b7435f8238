import { ScimError } from './errors.js';
import { equalJson, isObject, type JsonValue, type ScimAttributes } from './json.js';
import { type Attribute, type ResourceType } from './schema/attribute.js';
import { type Fold, foldCase } from './text.js';
import { itemKey } from './values.js';

type Omitted = 'kept' | 'refused';

/** How omitted immutable values are handled, and the key that identifies one value of a multi-valued attribute. */
type Options = { omitted: Omitted; keyOf: (attribute: Attribute, item: JsonValue) => string };

/**
 * Applies a PUT (RFC 7644 §3.5.1): an immutable attribute with a value keeps it when the body omits the attribute, and
 * must otherwise be equal; one without a value can be set.
 * @param before the attributes before the PUT
 * @param body the attributes from `parseResource`
 * @returns the new attributes
 * @throws ScimError mutability when an immutable value would change
 */
export function replaceResource(type: ResourceType, before: ScimAttributes, body: ScimAttributes): ScimAttributes {
  return enforceImmutable(type, before, body, 'kept', foldCase);
}

/**
 * Checks that immutable attributes and sub-attributes keep their values.
 * @param omitted whether an immutable value that `after` omits is kept or refused
 * @returns the attributes of `after`, with the kept values
 * @throws ScimError mutability when an immutable value would change
 */
export function enforceImmutable(
  type: ResourceType,
  before: ScimAttributes,
  after: ScimAttributes,
  omitted: Omitted,
  fold: Fold,
): ScimAttributes {
  const keyOf = (attribute: Attribute, item: JsonValue) => itemKey({ dialect: type.dialect, fold }, attribute, item);
  const options = { omitted, keyOf };
  const result = enforceAll(options, type.schema.attributes, before, after);
  for (const { id, attributes } of type.extensions) {
    const [stored, given] = [before[id], after[id]];
    if (!isItem(stored) || stored === given) continue;
    const section = enforceObject(options, attributes, stored, given);
    if (section !== undefined) result[id] = section;
  }
  return result;
}

/** @returns `after`, with the immutable values of `before` */
function enforceAll(
  options: Options,
  attributes: readonly Attribute[],
  before: ScimAttributes,
  after: ScimAttributes,
): ScimAttributes {
  const result = { ...after };
  for (const attribute of attributes) {
    const [stored, given] = [before[attribute.name], after[attribute.name]];
    if (stored === undefined || stored === given) continue;
    const value = isImmutable(attribute)
      ? immutableValue(options, attribute, stored, given)
      : enforceInside(options, attribute, stored, given);
    if (value !== undefined) result[attribute.name] = value;
  }
  return result;
}

function immutableValue(
  { omitted }: Options,
  attribute: Attribute,
  stored: JsonValue,
  given: JsonValue | undefined,
): JsonValue {
  if (given === undefined ? omitted === 'kept' : equalJson(stored, given)) return stored;
  throw new ScimError('mutability', `"${attribute.name}" is immutable and already has a value.`);
}

/** A mutable value with immutable sub-attributes. Values of a multi-valued attribute can be removed. */
function enforceInside(
  options: Options,
  attribute: Attribute,
  stored: JsonValue,
  given: JsonValue | undefined,
): JsonValue | undefined {
  const { subAttributes = [] } = attribute;
  if (!subAttributes.some(isImmutable)) return given;
  if (!Array.isArray(stored)) return isItem(stored) ? enforceObject(options, subAttributes, stored, given) : given;
  if (!Array.isArray(given)) return given;
  const storedByKey = new Map(stored.map((item) => [options.keyOf(attribute, item), item]));
  return given.map((item) => {
    const twin = storedByKey.get(options.keyOf(attribute, item));
    return isItem(twin) && isItem(item) ? enforceAll(options, subAttributes, twin, item) : item;
  });
}

/** An object. When it is omitted but has immutable values to keep, its required values are kept too. */
function enforceObject(
  options: Options,
  attributes: readonly Attribute[],
  stored: ScimAttributes,
  given: JsonValue | undefined,
): JsonValue | undefined {
  if (isItem(given)) return enforceAll(options, attributes, stored, given);
  const kept = enforceAll(options, attributes, stored, {});
  if (Object.keys(kept).length === 0) return given;
  const required = attributes.filter(({ name, required }) => required && stored[name] !== undefined);
  return { ...Object.fromEntries(required.map(({ name }) => [name, stored[name]!])), ...kept };
}

const isImmutable = ({ mutability }: Attribute): boolean => mutability === 'immutable';
const isItem = (value: JsonValue | undefined): value is ScimAttributes => isObject(value);
