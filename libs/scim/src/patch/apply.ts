import { equalAttributes, type JsonValue, type ScimAttributes } from '../json.js';
import { holdImmutable } from '../immutable.js';
import { checkResource, checkSize, readAttributes } from '../parse.js';
import { type ResourceType } from '../schema/attribute.js';
import { atOnce, type Steps } from '../steps.js';
import { rememberingFold } from '../text.js';
import { Draft } from './draft.js';
import { type PatchOperation } from './message.js';
import { changesOf } from './target.js';

/**
 * Applies the operations in order, all or none (RFC 7644 §3.5.2). What is accepted beyond the RFC stands in `QUIRKS`.
 * @param attributes as `parseResource` gives them; not changed
 * @returns the new attributes; the same object when nothing changed
 * @throws ScimError invalidPath, mutability, noTarget, invalidValue, invalidFilter; tooLarge when the operations
 *   together cost more than `Budget` lets them, or make of the user more than `checkSize` lets it hold
 */
export function applyPatch(
  type: ResourceType,
  attributes: ScimAttributes,
  operations: readonly PatchOperation[],
): ScimAttributes {
  return atOnce(patchApplication(type, attributes, operations));
}

/** `applyPatch` in steps. */
export function* patchApplication(
  type: ResourceType,
  attributes: ScimAttributes,
  operations: readonly PatchOperation[],
): Steps<ScimAttributes> {
  const reading = { dialect: type.dialect, fold: rememberingFold() };
  const draft = new Draft(reading, attributes);
  for (const operation of operations) {
    yield;
    for (const change of changesOf(type, operation)) draft.make(change);
  }
  yield;
  const result = settled(type, attributes, draft.attributes());
  yield;
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
