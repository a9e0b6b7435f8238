import { isObject, type JsonValue, type ScimAttributes } from '../json.js';
import { type Attribute, findAttribute, type ResourceType, type Schema } from '../schema/attribute.js';
import { coreAttribute } from '../schema/common.js';
import { foldCase } from '../text.js';
import { instantOf, isExact } from './comparison.js';

/**
 * The attributes of a resource in the form that filters and sorting compare, because a database does not fold case or
 * read dates like this library: strings that are not case-exact are folded, a dateTime is `{at, text}` with milliseconds
 * since 1970, other values are unchanged. Stored keys must be recomputed when this function changes.
 * @param attributes from `parseResource`
 */
export function comparisonKeys(type: ResourceType, attributes: ScimAttributes): ScimAttributes {
  const keys: ScimAttributes = {};
  for (const [name, value] of Object.entries(attributes)) {
    const extension = extensionOf(type, name);
    const attribute = extension ? undefined : coreAttribute(type, name);
    if (extension && isObject(value)) keys[name] = keysInside(extension.attributes, value);
    else if (attribute) keys[name] = keysOf(attribute, value);
  }
  return keys;
}

const extensionOf = (type: ResourceType, urn: string): Schema | undefined =>
  type.extensions.find(({ id }) => id === urn);

function keysInside(attributes: readonly Attribute[], object: { [name: string]: JsonValue }): ScimAttributes {
  const keys: ScimAttributes = {};
  for (const [name, value] of Object.entries(object)) {
    const attribute = findAttribute(attributes, name);
    if (attribute) keys[name] = keysOf(attribute, value);
  }
  return keys;
}

function keysOf(attribute: Attribute, value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item) => keysOf(attribute, item));
  if (isObject(value)) return keysInside(attribute.subAttributes ?? [], value);
  if (typeof value !== 'string') return value;
  if (attribute.type === 'dateTime') return { at: instantOf(value), text: value };
  return isExact(attribute) ? value : foldCase(value);
}
