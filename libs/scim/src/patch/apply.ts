import { ScimError } from '../errors.js';
import { readingsOf } from '../filter/ast.js';
import { equalAttributes, isObject, type JsonValue, type ScimAttributes } from '../json.js';
import { checkSize, readResource } from '../parse.js';
import { type ResourceType } from '../schema/attribute.js';
import { type Fold, rememberingFold } from '../text.js';
import { invalid, isUnassigned, mergeComplex, parseValue } from '../values.js';
import { changeItems } from './items.js';
import { type PatchOperation } from './message.js';
import { type Change, changesOf } from './target.js';

/** Attributes that have a value always, though the schema does not require one in a body. */
const NEVER_UNASSIGNED = new Set(['active']);

/** Characters of text that one PATCH may read: a thousand operations, each on a third of the biggest user. */
const MAX_READ = 20_000_000;

/** What new text counts: folding the most awkward Unicode takes a hundred times as long as reading it. */
const NEW_TEXT = 100;

/**
 * Applies the operations in order, all or none (RFC 7644 §3.5.2). Beyond the RFC, as Entra ID expects: a `replace` of a
 * sub-attribute of a value that does not exist creates the value, and a `remove` with a value takes those values away.
 * Removing what is absent succeeds.
 * @param attributes as `parseResource` gives them; not changed
 * @returns the new attributes; the same object when nothing changed
 * @throws ScimError invalidPath, mutability, noTarget, invalidValue, invalidFilter; tooLarge when the operations
 *   together read more than 20 million characters, or make of the user more than `checkSize` lets it hold
 */
export function applyPatch(
  type: ResourceType,
  attributes: ScimAttributes,
  operations: readonly PatchOperation[],
): ScimAttributes {
  let state = attributes;
  let read = 0;
  const fold = rememberingFold();
  for (const operation of operations) {
    for (const change of changesOf(type, operation)) {
      read += textReadBy(state, change);
      if (read > MAX_READ) throw new ScimError('tooLarge', 'The operations together read too much text.');
      state = applyChange(state, change, fold);
    }
  }
  if (state === attributes) return attributes;
  const result = readResource(type, state);
  if (equalAttributes(result, attributes)) return attributes;
  checkSize(type, result, attributes);
  return result;
}

/** Characters of JSON that a change reads: the values that are there, by each term of its filter, and its own for each. */
function textReadBy(state: ScimAttributes, { target, value }: Change): number {
  const { extension, attribute, sub, filter } = target;
  const container = extension ? state[extension.id] : state;
  const current = isObject(container) ? container[attribute.name] : undefined;
  if (!attribute.multiValued) return 0;
  const items = Array.isArray(current) ? current : [];
  const copies = Math.max(NEW_TEXT, sub || filter ? items.length : 0);
  return lengthOf(items) * (filter ? readingsOf(filter) : 1) + lengthOf(value) * copies;
}

const lengthOf = (value: JsonValue | undefined): number => (value === undefined ? 0 : JSON.stringify(value).length);

function applyChange(state: ScimAttributes, change: Change, fold: Fold): ScimAttributes {
  const { extension, attribute } = change.target;
  if (attribute.returned === 'never') return state;
  if (!extension) return withValue(state, attribute.name, changed(state[attribute.name], change, fold));
  const inner = state[extension.id];
  const before: ScimAttributes = isObject(inner) ? inner : {};
  const after = withValue(before, attribute.name, changed(before[attribute.name], change, fold));
  if (after === before) return state;
  return withValue(state, extension.id, Object.keys(after).length === 0 ? undefined : after);
}

/** The new value of an attribute; undefined when it has none any more. */
function changed(current: JsonValue | undefined, change: Change, fold: Fold): JsonValue | undefined {
  const { op, target } = change;
  const { attribute, sub } = target;
  const value = op === 'remove' || isUnassigned(change.value) ? null : change.value;
  const unassigned = value === null && !sub && !target.filter && (op !== 'add' || !attribute.multiValued);
  if (unassigned && (attribute.required || NEVER_UNASSIGNED.has(attribute.name))) {
    throw invalid(attribute.name, 'cannot be unassigned');
  }
  if (attribute.multiValued) return changeItems(current, change, fold);
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
