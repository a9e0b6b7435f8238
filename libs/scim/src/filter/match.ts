import { isObject, type JsonValue, type ScimAttributes } from '../json.js';
import { type Attribute, findAttribute, type ResourceType } from '../schema/attribute.js';
import { type AttributePath, type ResolvedAttribute } from '../schema/resolve.js';
import { type Fold, foldCase } from '../text.js';
import { type Filter, type Literal } from './ast.js';
import {
  comparand,
  filteredAttribute,
  instantOf,
  isExact,
  type PositiveOperator,
  subAttributeOf,
} from './comparison.js';
import { compareKeys } from './order.js';

/**
 * Whether a resource matches a filter (RFC 7644 §3.4.2.2). One matching value of a multi-valued attribute is enough; `ne`
 * is the negation of `eq`, so it is true when the attribute is absent; `eq null` matches absence.
 * @param attributes in schema case; may be a rendered resource with id and meta
 * @throws ScimError invalidFilter for attributes that the type does not have and comparisons that do not fit their type
 */
export function matches(type: ResourceType, attributes: ScimAttributes, filter: Filter): boolean {
  return compile<ScimAttributes>(
    filter,
    (path) => {
      const resolved = filteredAttribute(type, path);
      return { attribute: resolved.sub ?? resolved.attribute, valuesOf: (resource) => valuesOf(resource, resolved) };
    },
    foldCase,
  )(attributes);
}

/**
 * Compiles a filter in the brackets of a multi-valued complex attribute, whose paths name sub-attributes.
 * @param fold `foldCase`, or `cachedFold()` when the same values are tested again
 * @returns a function that tests whether one value matches
 * @throws ScimError invalidFilter for unknown sub-attributes and comparisons that do not fit their type
 */
export function itemMatcher(attribute: Attribute, filter: Filter, fold: Fold): (item: JsonValue) => boolean {
  return compile<JsonValue>(
    filter,
    (path) => {
      const sub = subAttributeOf(attribute, path);
      return { attribute: sub, valuesOf: (item) => inside(item, sub.name) };
    },
    fold,
  );
}

type Operand<Subject> = { attribute: Attribute; valuesOf: (subject: Subject) => JsonValue[] };
type Key = NonNullable<Literal>;
type Test<Subject> = (subject: Subject) => boolean;

/** Resolves all paths once, so that an invalid filter is refused before any value is tested, and testing is cheap. */
function compile<Subject>(
  filter: Filter,
  lookup: (path: AttributePath) => Operand<Subject>,
  fold: Fold,
): Test<Subject> {
  switch (filter.kind) {
    case 'and':
    case 'or': {
      const tests = filter.operands.map((operand) => compile(operand, lookup, fold));
      return filter.kind === 'and'
        ? (subject) => tests.every((test) => test(subject))
        : (subject) => tests.some((test) => test(subject));
    }
    case 'not': {
      const test = compile(filter.operand, lookup, fold);
      return (subject) => !test(subject);
    }
    case 'present': {
      const { valuesOf } = lookup(filter.path);
      return (subject) => valuesOf(subject).some(isAssigned);
    }
    case 'valuePath': {
      const { attribute, valuesOf } = lookup(filter.path);
      const test = itemMatcher(attribute, filter.filter, fold);
      return (subject) => valuesOf(subject).some(test);
    }
    case 'compare': {
      const { attribute, valuesOf } = simple(lookup(filter.path));
      const { operator } = filter;
      const wanted = comparand(attribute, operator, filter.value);
      if (wanted === null) return (subject) => valuesOf(subject).some(isAssigned) === (operator === 'ne');
      const keysOf = (subject: Subject) =>
        valuesOf(subject).map((value) => keyOf(attribute, value, typeof wanted, fold));
      if (operator === 'ne') return (subject) => !keysOf(subject).some((key) => compare('eq', key, wanted));
      return (subject) => keysOf(subject).some((key) => compare(operator, key, wanted));
    }
  }
}

/** `emails co "x"` means `emails.value co "x"`. */
function simple<Subject>({ attribute, valuesOf }: Operand<Subject>): Operand<Subject> {
  const value = findAttribute(attribute.subAttributes ?? [], 'value');
  if (!value) return { attribute, valuesOf };
  return { attribute: value, valuesOf: (subject) => valuesOf(subject).flatMap((item) => inside(item, value.name)) };
}

function compare(operator: PositiveOperator, actual: Key | undefined, wanted: Key): boolean {
  if (actual === undefined) return false;
  const order = compareKeys(actual, wanted);
  if (order === undefined) return false;
  switch (operator) {
    case 'eq':
      return order === 0;
    case 'co':
      return String(actual).includes(String(wanted));
    case 'sw':
      return String(actual).startsWith(String(wanted));
    case 'ew':
      return String(actual).endsWith(String(wanted));
    case 'gt':
      return order > 0;
    case 'ge':
      return order >= 0;
    case 'lt':
      return order < 0;
    case 'le':
      return order <= 0;
  }
}

/** The comparison key of a stored value: a folded string, milliseconds for a dateTime; undefined for other types. */
function keyOf(attribute: Attribute, value: JsonValue, wanted: string, fold: Fold): Key | undefined {
  if (typeof value === 'string') {
    if (attribute.type === 'dateTime') return wanted === 'number' ? (instantOf(value) ?? undefined) : value;
    return isExact(attribute) ? value : fold(value);
  }
  return typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
}

function valuesOf(resource: ScimAttributes, { extension, attribute, sub }: ResolvedAttribute): JsonValue[] {
  const values = inside(extension ? resource[extension.id] : resource, attribute.name);
  return sub ? values.flatMap((value) => inside(value, sub.name)) : values;
}

/** The values of a member of an object as an array. */
function inside(object: JsonValue | undefined, name: string): JsonValue[] {
  const value = isObject(object) ? object[name] : undefined;
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** `pr`: has a value that is not empty (RFC 7644 §3.4.2.2 table 3). */
function isAssigned(value: JsonValue): boolean {
  return value !== null && value !== '' && !(typeof value === 'object' && Object.keys(value).length === 0);
}
