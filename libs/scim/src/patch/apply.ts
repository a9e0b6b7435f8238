import { equalAttributes, type JsonValue, type ScimAttributes } from '../json.js';
import { enforceImmutable } from '../immutable.js';
import { checkResource, checkSize, readAttributes } from '../parse.js';
import { type ResourceType } from '../schema/attribute.js';
import { atOnce, type Steps } from '../steps.js';
import { cachedFold } from '../text.js';
import { Draft } from './draft.js';
import { type PatchOperation } from './message.js';
import { changesOf } from './target.js';

/**
 * Applies the operations in order, all or none (RFC 7644 §3.5.2). `QUIRKS` lists the accepted deviations from the RFC.
 * @param attributes from `parseResource`; not changed
 * @returns the new attributes; the same object when nothing changed
 * @throws ScimError invalidPath, mutability, noTarget, invalidValue, invalidFilter; tooLarge when the operations exceed
 *   `Budget` or the result exceeds `checkSize`
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
  const reading = { dialect: type.dialect, fold: cachedFold() };
  const draft = new Draft(reading, attributes);
  for (const operation of operations) {
    yield;
    for (const change of changesOf(type, operation)) draft.apply(change);
  }
  yield;
  const result = validated(type, attributes, draft.attributes());
  yield;
  if (equalAttributes(result, attributes)) return attributes;
  enforceImmutable(type, attributes, result, 'refused', reading.fold);
  checkSize(type, result, attributes);
  return result;
}

/**
 * Checks changed attributes against the whole schema: no duplicate values, required attributes, one primary. Unchanged
 * attributes are not checked, because they may be older than the schema and every user must stay deactivatable.
 */
function validated(type: ResourceType, before: ScimAttributes, after: ScimAttributes): ScimAttributes {
  const isUnchanged = ([name, value]: [string, JsonValue]) => before[name] === value;
  const entries = Object.entries(after);
  const [unchanged, changes] = [entries.filter(isUnchanged), entries.filter((entry) => !isUnchanged(entry))];
  // The operations were already checked against the dialect; the values now have their stored form.
  const changed = readAttributes({ ...type, dialect: 'okta' }, Object.fromEntries(changes));
  const names = new Set(changes.map(([name]) => name));
  const attributes = type.schema.attributes.filter(({ name }) => names.has(name));
  checkResource({ ...type, schema: { ...type.schema, attributes } }, changed);
  return { ...Object.fromEntries(unchanged), ...changed };
}
