import { ScimError } from '../errors.js';
import { termsOf } from '../filter/ast.js';
import { equalAttributes, isObject, type JsonValue, type ScimAttributes } from '../json.js';
import { parseResource } from '../parse.js';
import { type ResourceType } from '../schema/attribute.js';
import { invalid, isUnassigned, mergeComplex, parseValue } from '../values.js';
import { changeItems } from './items.js';
import { type PatchOperation } from './message.js';
import { type Change, changesOf } from './target.js';

/** Attributes that have a value always, though the schema does not require one in a body. */
const NEVER_UNASSIGNED = new Set(['active']);

/** A thousand operations on a thousand values, each by one term: about a second. */
const MAX_WORK = 1_000_000;

/**
 * Applies the operations in order, all or none (RFC 7644 §3.5.2). Beyond the RFC, as Entra ID expects: a `replace` of a
 * sub-attribute of a value that does not exist creates the value, and a `remove` with a value takes those values away.
 * Removing what is absent succeeds.
 * @param attributes as `parseResource` gives them; not changed
 * @returns the new attributes; the same object when nothing changed
 * @throws ScimError invalidPath, mutability, noTarget, invalidValue, invalidFilter; tooLarge beyond a million comparisons
 */
export function applyPatch(
  type: ResourceType,
  attributes: ScimAttributes,
  operations: readonly PatchOperation[],
): ScimAttributes {
  let state = attributes;
  let work = 0;
  for (const operation of operations) {
    for (const change of changesOf(type, operation)) {
      work += workOf(state, change);
      if (work > MAX_WORK) throw new ScimError('tooLarge', 'The operations together compare too many values.');
      state = applyChange(state, change);
    }
  }
  if (state === attributes) return attributes;
  const result = parseResource(type, state);
  return equalAttributes(result, attributes) ? attributes : result;
}

/** How many values a change has to look at, times the terms of its filter. */
function workOf(state: ScimAttributes, { target }: Change): number {
  const { extension, attribute, filter } = target;
  const container = extension ? state[extension.id] : state;
  const current = isObject(container) ? container[attribute.name] : undefined;
  return (Array.isArray(current) ? current.length : 0) * (filter ? termsOf(filter) : 1);
}

function applyChange(state: ScimAttributes, change: Change): ScimAttributes {
  const { extension, attribute } = change.target;
  if (attribute.returned === 'never') return state;
  if (!extension) return withValue(state, attribute.name, changed(state[attribute.name], change));
  const inner = state[extension.id];
  const before: ScimAttributes = isObject(inner) ? inner : {};
  const after = withValue(before, attribute.name, changed(before[attribute.name], change));
  if (after === before) return state;
  return withValue(state, extension.id, Object.keys(after).length === 0 ? undefined : after);
}

/** The new value of an attribute; undefined when it has none any more. */
function changed(current: JsonValue | undefined, change: Change): JsonValue | undefined {
  const { op, target } = change;
  const { attribute, sub } = target;
  const value = op === 'remove' || isUnassigned(change.value) ? null : change.value;
  const unassigned = value === null && !sub && !target.filter && (op !== 'add' || !attribute.multiValued);
  if (unassigned && (attribute.required || NEVER_UNASSIGNED.has(attribute.name))) {
    throw invalid(attribute.name, 'cannot be unassigned');
  }
  if (attribute.multiValued) return changeItems(current, change);
  if (value === null && !sub) return op === 'add' ? current : undefined;
  if (attribute.type !== 'complex') return parseValue(attribute, value);
  const object = isObject(current) ? current : {};
  const merged = mergeComplex(attribute, object, sub ? { [sub.name]: value } : value);
  return Object.keys(merged).length === 0 ? undefined : merged;
}

function withValue(object: ScimAttributes, name: string, value: JsonValue | undefined): ScimAttributes {
  if (object[name] === value) return object;
  const { [name]: _before, ...rest } = object;
  return value === undefined ? rest : { ...rest, [name]: value };
}
