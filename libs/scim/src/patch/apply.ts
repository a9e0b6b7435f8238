import { ScimError } from '../errors.js';
import { readingsOf } from '../filter/ast.js';
import { equalAttributes, isObject, type JsonValue, type ScimAttributes } from '../json.js';
import { holdImmutable } from '../immutable.js';
import { checkResource, checkSize, readAttributes } from '../parse.js';
import { tolerates } from '../quirks.js';
import { type ResourceType } from '../schema/attribute.js';
import { rememberingFold } from '../text.js';
import { invalid, isUnassigned, mergeComplex, parseValue, type Reading, unassignable } from '../values.js';
import { changeItems } from './items.js';
import { type PatchOperation } from './message.js';
import { type Change, changesOf } from './target.js';

/** Core attributes that have a value always, though the schema does not require one in a body. */
const NEVER_UNASSIGNED = new Set(['active']);

/** Characters of text that one PATCH may read: a thousand operations, each on a third of the biggest user. */
const MAX_READ = 20_000_000;

/** What new text counts: folding the most awkward Unicode takes a hundred times as long as reading it. */
const NEW_TEXT = 100;

/**
 * Applies the operations in order, all or none (RFC 7644 §3.5.2). What is accepted beyond the RFC stands in `QUIRKS`.
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
  const reading = { dialect: type.dialect, fold: rememberingFold() };
  for (const operation of operations) {
    for (const change of changesOf(type, operation)) {
      read += textReadBy(state, change);
      if (read > MAX_READ) throw new ScimError('tooLarge', 'The operations together read too much text.');
      state = applyChange(reading, state, change);
    }
  }
  const result = settled(type, attributes, state);
  if (equalAttributes(result, attributes)) return attributes;
  holdImmutable(type, attributes, result, 'refused', reading.fold);
  checkSize(type, result, attributes);
  return result;
}

/**
 * Holds what changed to the schema as a whole: values without doubles, what is required, one primary. What did not
 * change is left alone, though it may be from before the schema was what it is: nobody may become too old to be
 * deactivated.
 */
function settled(type: ResourceType, before: ScimAttributes, after: ScimAttributes): ScimAttributes {
  const isOld = ([name, value]: [string, JsonValue]) => before[name] === value;
  const entries = Object.entries(after);
  const [old, fresh] = [entries.filter(isOld), entries.filter((entry) => !isOld(entry))];
  // Each value was held to the dialect when it came in, and now has the form in which it is kept.
  const changed = readAttributes({ ...type, dialect: 'okta' }, Object.fromEntries(fresh));
  const names = new Set(fresh.map(([name]) => name));
  const attributes = type.schema.attributes.filter(({ name }) => names.has(name));
  checkResource({ ...type, schema: { ...type.schema, attributes } }, changed);
  return { ...Object.fromEntries(old), ...changed };
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

function applyChange(reading: Reading, state: ScimAttributes, change: Change): ScimAttributes {
  const { extension, attribute } = change.target;
  const after = (current: JsonValue | undefined) => changed(reading, current, change);
  if (attribute.returned === 'never') {
    after(undefined);
    return state;
  }
  if (!extension) return withValue(state, attribute.name, after(state[attribute.name]));
  const inner = state[extension.id];
  const before: ScimAttributes = isObject(inner) ? inner : {};
  const next = withValue(before, attribute.name, after(before[attribute.name]));
  if (next === before) return state;
  return withValue(state, extension.id, Object.keys(next).length === 0 ? undefined : next);
}

/** The new value of an attribute; undefined when it has none any more. */
function changed(reading: Reading, current: JsonValue | undefined, change: Change): JsonValue | undefined {
  const { op, target } = change;
  const { attribute, sub, filter } = target;
  const isList = sub ? sub.multiValued : attribute.multiValued && !filter;
  const clears = isUnassigned(change.value, isList || tolerates(reading.dialect, 'emptyListForOne'));
  const value = op === 'remove' || clears ? null : change.value;
  if (value === null && !sub && !filter && (op !== 'add' || !attribute.multiValued)) checkMayBeUnassigned(change);
  if (attribute.multiValued) return changeItems(reading, current, change);
  if (value === null && !sub) return op === 'add' ? current : undefined;
  if (attribute.type !== 'complex') return parseValue(reading, attribute, value);
  const object = isObject(current) ? current : {};
  const merged = mergeComplex(reading, attribute, object, sub ? { [sub.name]: value } : value);
  return Object.keys(merged).length === 0 ? undefined : merged;
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
