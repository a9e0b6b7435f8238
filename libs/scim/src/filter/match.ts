import { ScimError } from '../errors.js';
import { isObject, type JsonValue, type ScimAttributes } from '../json.js';
import { type Attribute, findAttribute, type ResourceType } from '../schema/attribute.js';
import { type AttributePath, type ResolvedAttribute } from '../schema/resolve.js';
import { foldCase } from '../text.js';
import { type CompareOperator, type Filter, type Literal } from './ast.js';
import { comparand, filteredAttribute } from './comparison.js';

/**
 * Whether a resource meets a filter (RFC 7644 §3.4.2.2). One value of a multi-valued attribute that meets a comparison
 * is enough; `ne` is true where `eq` is not, so also where the attribute is absent; `eq null` asks for absence.
 * @param attributes in schema case; may be a rendered resource with id and meta
 * @throws ScimError invalidFilter for attributes the type does not have and comparisons unfit for their type
 */
export function matches(type: ResourceType, attributes: ScimAttributes, filter: Filter): boolean {
  return evaluate(filter, (path) => {
    const resolved = filteredAttribute(type, path);
    return { attribute: resolved.sub ?? resolved.attribute, values: valuesOf(attributes, resolved) };
  });
}

/**
 * Whether one value of a multi-valued complex attribute meets the filter in its brackets, whose paths name sub-attributes.
 * @throws ScimError invalidFilter for sub-attributes it does not have
 */
export function matchesItem(attribute: Attribute, item: JsonValue, filter: Filter): boolean {
  return evaluate(filter, (path) => {
    const sub =
      path.urn === undefined && path.sub === undefined && findAttribute(attribute.subAttributes ?? [], path.attribute);
    if (!sub) throw new ScimError('invalidFilter', `"${attribute.name}" has no such sub-attribute.`);
    return { attribute: sub, values: list(isObject(item) ? item[sub.name] : undefined) };
  });
}

type Operand = { attribute: Attribute; values: JsonValue[] };
type Lookup = (path: AttributePath) => Operand;

function evaluate(filter: Filter, lookup: Lookup): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.operands.map((operand) => evaluate(operand, lookup)).every(Boolean);
    case 'or':
      return filter.operands.map((operand) => evaluate(operand, lookup)).some(Boolean);
    case 'not':
      return !evaluate(filter.operand, lookup);
    case 'present':
      return lookup(filter.path).values.some(isAssigned);
    case 'valuePath': {
      const { attribute, values } = lookup(filter.path);
      // Asked once without a value too, so that a faulty filter is refused whatever the resource holds.
      matchesItem(attribute, {}, filter.filter);
      return values.some((item) => matchesItem(attribute, item, filter.filter));
    }
    case 'compare': {
      const { attribute, values } = simple(lookup(filter.path));
      const wanted = comparand(attribute, filter.operator, filter.value);
      if (wanted === null) return values.some(isAssigned) === (filter.operator === 'ne');
      if (filter.operator === 'ne') return !values.some((value) => compare(attribute, 'eq', value, wanted));
      const { operator } = filter;
      return values.some((value) => compare(attribute, operator, value, wanted));
    }
  }
}

/** `emails co "x"` means `emails.value co "x"`. */
function simple(operand: Operand): Operand {
  const value = findAttribute(operand.attribute.subAttributes ?? [], 'value');
  if (!value) return operand;
  return {
    attribute: value,
    values: operand.values.flatMap((item) => list(isObject(item) ? (item[value.name] as JsonValue) : undefined)),
  };
}

function compare(
  attribute: Attribute,
  operator: Exclude<CompareOperator, 'ne'>,
  value: JsonValue,
  wanted: Literal,
): boolean {
  const actual = key(attribute, value, typeof wanted);
  if (actual === undefined || wanted === null) return false;
  switch (operator) {
    case 'eq':
      return actual === wanted;
    case 'co':
      return String(actual).includes(String(wanted));
    case 'sw':
      return String(actual).startsWith(String(wanted));
    case 'ew':
      return String(actual).endsWith(String(wanted));
    case 'gt':
      return actual > wanted;
    case 'ge':
      return actual >= wanted;
    case 'lt':
      return actual < wanted;
    case 'le':
      return actual <= wanted;
  }
}

/** A stored value as it is compared: folded text, milliseconds for a dateTime; undefined when it is of another type. */
function key(attribute: Attribute, value: JsonValue, wanted: string): string | number | boolean | undefined {
  if (attribute.type === 'dateTime' && wanted === 'number')
    return typeof value === 'string' ? Date.parse(value) : undefined;
  if (typeof value === 'string') return attribute.caseExact || attribute.type === 'dateTime' ? value : foldCase(value);
  return typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
}

function valuesOf(attributes: ScimAttributes, { extension, attribute, sub }: ResolvedAttribute): JsonValue[] {
  const container = extension ? attributes[extension.id] : attributes;
  const values = list(isObject(container) ? container[attribute.name] : undefined);
  if (!sub) return values;
  return values.flatMap((value) => list(isObject(value) ? (value[sub.name] as JsonValue) : undefined));
}

function list(value: JsonValue | undefined): JsonValue[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** `pr`: has a value that is not empty (RFC 7644 §3.4.2.2 table 3). */
function isAssigned(value: JsonValue): boolean {
  return value !== null && value !== '' && !(typeof value === 'object' && Object.keys(value).length === 0);
}
