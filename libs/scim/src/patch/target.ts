import { ScimError } from '../errors.js';
import { type Filter, type PatchPath } from '../filter/ast.js';
import { parsePath } from '../filter/parse.js';
import { printAttributePath } from '../filter/print.js';
import { isObject, type JsonValue } from '../json.js';
import { type Attribute, type ResourceType, type Schema } from '../schema/attribute.js';
import { resolveAttribute, schemaOfPath } from '../schema/resolve.js';
import { type PatchOperation } from './message.js';

/** What one change is about, resolved through the schema. */
export type Target = { extension?: Schema; attribute: Attribute; sub?: Attribute; filter?: Filter };
export type Change = { op: PatchOperation['op']; target: Target; value: JsonValue | undefined };

/**
 * The changes that an operation asks for: one for each attribute in a value without path, else one.
 *
 * In a value without path, names may be dotted (`name.givenName`), URN-qualified, hold a value filter, or be the URN of
 * a schema over an object; unknown and read-only ones are ignored, for Okta sends `id` along (RFC 7644 §3.5.2).
 * @throws ScimError invalidPath, mutability, noTarget, invalidValue
 */
export function changesOf(type: ResourceType, { op, path, value }: PatchOperation): Change[] {
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
    return known(type, path) ? changesOf(type, { op, path, value: entry }) : [];
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
