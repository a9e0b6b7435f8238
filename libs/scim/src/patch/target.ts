import { ScimError } from '../errors.js';
import { type Filter, type PatchPath } from '../filter/ast.js';
import { parsePath } from '../filter/parse.js';
import { printAttributePath, printFilter } from '../filter/print.js';
import { isObject, type JsonValue } from '../json.js';
import { type Attribute, findAttribute, type ResourceType, type Schema } from '../schema/attribute.js';
import { resolveAttribute, schemaOfPath } from '../schema/resolve.js';
import { invalid } from '../values.js';
import { type PatchOperation } from './message.js';

/** What one change is about, resolved through the schema. */
export type Target = { extension?: Schema; attribute: Attribute; sub?: Attribute; filter?: Filter };
export type Change = { op: PatchOperation['op']; target: Target; value: JsonValue | undefined };

/**
 * The changes that an operation asks for: one for each attribute in a value without path, else one.
 *
 * In a value without path, names may be dotted (`name.givenName`), URN-qualified, hold a value filter, or be the URN of
 * a schema over an object; unknown and read-only ones are ignored, for Okta sends `id` along (RFC 7644 §3.5.2).
 * @throws ScimError invalidPath, mutability, noTarget; invalidValue also when a value names one attribute twice
 */
export function changesOf(type: ResourceType, operation: PatchOperation): Change[] {
  const changes = readChanges(type, operation);
  if (changes.length > 1) refuseTwice(changes);
  return changes;
}

/** Two spellings of one name could say two things; whoever reads the other one would be deceived. */
function refuseTwice(changes: readonly Change[]): void {
  const seen = new Set<string>();
  for (const change of changes) {
    for (const name of namesGiven(change)) {
      if (seen.has(name)) throw invalid(change.target.attribute.name, 'is given twice');
      seen.add(name);
    }
  }
}

/** What a change says something about: `name` with an object speaks of itself and of the sub-attributes inside. */
function namesGiven({ target: { extension, attribute, sub, filter }, value }: Change): string[] {
  const chosen = filter ? `[${printFilter(filter).toLowerCase()}]` : '';
  const name = `${extension?.id ?? ''}:${attribute.name}${chosen}`;
  if (sub) return [`${name}.${sub.name}`];
  if (attribute.multiValued || !attribute.subAttributes) return [name];
  const subAttributes = attribute.subAttributes;
  const inside = isObject(value) ? Object.keys(value).map((key) => findAttribute(subAttributes, key)) : subAttributes;
  // Two spellings inside one object are refused where it is read.
  return [name, ...new Set(inside.flatMap((item) => (item ? [`${name}.${item.name}`] : [])))];
}

function readChanges(type: ResourceType, { op, path, value }: PatchOperation): Change[] {
  if (path === undefined) {
    if (op === 'remove') throw new ScimError('noTarget', 'A remove needs a path.');
    return changesInside(type, op, undefined, value);
  }
  const parsed = parsePath(path);
  const whole = schemaOfPath(type, parsed.path);
  if (whole && !parsed.filter) return changesToSchema(type, op, whole, value);
  return [{ op, target: resolveTarget(type, parsed), value }];
}

/**
 * @returns the target of a path
 * @throws ScimError invalidPath for what the schema does not have, mutability for what a client may not write
 */
export function resolveTarget(type: ResourceType, parsed: PatchPath): Target {
  const resolved = resolveAttribute(type, parsed.path);
  if (!resolved) {
    const name = printAttributePath(parsed.path).slice(0, 100);
    throw new ScimError('invalidPath', `${type.name} has no attribute "${name}".`);
  }
  const { attribute, sub, extension } = resolved;
  if (attribute.mutability === 'readOnly' || sub?.mutability === 'readOnly' || sub?.mutability === 'immutable') {
    throw new ScimError('mutability', `"${resolved.name}" cannot be changed.`);
  }
  if (parsed.filter && !(attribute.multiValued && attribute.type === 'complex')) {
    throw new ScimError('invalidPath', `"${attribute.name}" has no values to choose from.`);
  }
  return {
    attribute,
    ...(extension ? { extension } : {}),
    ...(sub ? { sub } : {}),
    ...(parsed.filter ? { filter: parsed.filter } : {}),
  };
}

function changesToSchema(
  type: ResourceType,
  op: PatchOperation['op'],
  schema: Schema,
  value: JsonValue | undefined,
): Change[] {
  if (op !== 'remove' && value !== null) return changesInside(type, op, schema, value);
  if (schema === type.schema) throw new ScimError('mutability', 'The core schema cannot be removed.');
  if (op === 'add') return [];
  return schema.attributes
    .filter(({ mutability }) => mutability !== 'readOnly')
    .map((attribute) => ({ op: 'remove', target: { extension: schema, attribute }, value: undefined }));
}

function changesInside(
  type: ResourceType,
  op: PatchOperation['op'],
  schema: Schema | undefined,
  value: JsonValue | undefined,
): Change[] {
  if (!isObject(value))
    throw new ScimError('invalidValue', 'Without the path of an attribute the value must be an object.');
  return Object.entries(value).flatMap(([name, entry]) => {
    const path = schema ? `${schema.id}:${name}` : name;
    return known(type, path) ? readChanges(type, { op, path, value: entry }) : [];
  });
}

/** True when the name leads to something a client may write; in a value without path the rest is ignored. */
function known(type: ResourceType, path: string): boolean {
  try {
    const parsed = parsePath(path);
    if (!schemaOfPath(type, parsed.path)) resolveTarget(type, parsed);
    return true;
  } catch (error) {
    if (error instanceof ScimError && (error.code === 'invalidPath' || error.code === 'mutability')) return false;
    throw error;
  }
}
