import { ScimError } from '../errors.js';
import { type Filter, type PatchPath } from '../filter/ast.js';
import { expectLiterals, insideOf } from '../filter/dialect.js';
import { parsePath } from '../filter/parse.js';
import { printAttributePath, printFilter } from '../filter/print.js';
import { isObject, type JsonValue } from '../json.js';
import { type Attribute, findAttribute, type ResourceType, type Schema } from '../schema/attribute.js';
import { coreAttribute } from '../schema/common.js';
import { findSchema, pathAfterDot, readAttributePath, resolveAttribute, schemaOfPath } from '../schema/resolve.js';
import { type QuirkName, tolerates } from '../quirks.js';
import { invalid } from '../values.js';
import { type PatchOperation } from './message.js';

/** The target of one change, resolved through the schema. */
export type Target = { extension?: Schema; attribute: Attribute; sub?: Attribute; filter?: Filter };
export type Change = {
  op: PatchOperation['op'];
  target: Target;
  value: JsonValue | undefined;
  /** Whether the change removes a whole extension, of which this attribute is a part. */
  isWhole?: boolean;
};

/**
 * @returns the changes of an operation: one for each attribute in a value without path, else one
 *
 * In a value without path, names are attribute names, or the URN of an extension with an object (RFC 7644 §3.5.2); unknown
 * names are ignored. `QUIRKS` lists the other forms that a dialect accepts.
 * @throws ScimError invalidPath, mutability, noTarget; invalidValue also when a value contains one attribute twice
 */
export function changesOf(type: ResourceType, operation: PatchOperation): Change[] {
  const changes = readChanges(type, operation);
  if (changes.length > 1) refuseDuplicates(changes);
  return changes;
}

/** Two spellings of one name can have different values; readers would disagree on which one counts. */
function refuseDuplicates(changes: readonly Change[]): void {
  const seen = new Set<string>();
  for (const change of changes) {
    for (const name of namesSet(change)) {
      if (seen.has(name)) throw invalid(change.target.attribute.name, 'appears more than once');
      seen.add(name);
    }
  }
}

/** The names that a change sets: `name` with an object sets itself and the sub-attributes inside. */
function namesSet({ target: { extension, attribute, sub, filter }, value }: Change): string[] {
  const brackets = filter ? `[${printFilter(filter).toLowerCase()}]` : '';
  const name = `${extension?.id ?? ''}:${attribute.name}${brackets}`;
  if (sub) return [`${name}.${sub.name}`];
  if (attribute.multiValued || !attribute.subAttributes) return [name];
  const subAttributes = attribute.subAttributes;
  const inside = isObject(value) ? Object.keys(value).map((key) => findAttribute(subAttributes, key)) : subAttributes;
  // `mergeComplex` refuses two spellings inside one object.
  return [name, ...new Set(inside.flatMap((item) => (item ? [`${name}.${item.name}`] : [])))];
}

function readChanges(type: ResourceType, { op, path, value }: PatchOperation): Change[] {
  if (path === undefined) {
    if (op === 'remove') throw new ScimError('noTarget', '"remove" needs a "path".');
    return changesInside(type, op, undefined, value);
  }
  const parsed = parsePath(path);
  const whole = schemaOfPath(type, parsed.path);
  if (whole && !parsed.filter) {
    if (whole === type.schema) expectTolerated(type, 'coreAttributesUnderUrn', path);
    return changesToSchema(type, op, whole, value);
  }
  return [{ op, target: resolveTarget(type, parsed), value }];
}

/**
 * @returns the target of a path
 * @throws ScimError invalidPath for unknown attributes, mutability for read-only attributes
 */
function resolveTarget(type: ResourceType, parsed: PatchPath): Target {
  const resolved = resolveAttribute(type, parsed.path);
  if (!resolved) {
    const name = printAttributePath(parsed.path).slice(0, 100);
    throw new ScimError('invalidPath', `${type.name} has no attribute "${name}".`);
  }
  const { attribute, sub, extension } = resolved;
  if (attribute.mutability === 'readOnly' || sub?.mutability === 'readOnly') {
    throw new ScimError('mutability', `"${resolved.name}" is read-only.`);
  }
  if (parsed.filter && !(attribute.multiValued && attribute.type === 'complex')) {
    throw new ScimError('invalidPath', `"${attribute.name}" does not support a value filter.`);
  }
  if (parsed.filter) expectLiterals(type.dialect, parsed.filter, insideOf(attribute));
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
    .map((attribute) => ({ op: 'remove', target: { extension: schema, attribute }, value: undefined, isWhole: true }));
}

function changesInside(
  type: ResourceType,
  op: PatchOperation['op'],
  schema: Schema | undefined,
  value: JsonValue | undefined,
): Change[] {
  if (!isObject(value))
    throw new ScimError('invalidValue', '"value" must be an object when "path" does not name an attribute.');
  return Object.entries(value).flatMap(([name, entry]) => {
    const path = schema ? `${schema.id}:${name}` : name;
    if (namesAfterDot(type, path)) expectTolerated(type, 'dotAfterUrn', name);
    if (!isWritable(type, path)) return [];
    if (!isName(type, schema, name)) expectTolerated(type, 'pathsAsNames', name);
    return readChanges(type, { op, path, value: entry });
  });
}

/** Whether a name in a value is `urn:…:User.manager`. Dialects that do not read it as a path must not ignore it. */
function namesAfterDot(type: ResourceType, name: string): boolean {
  const path = readAttributePath(name.trim());
  return path !== undefined && pathAfterDot(type, path) !== undefined;
}

/** Whether a name in a value is a plain attribute name or the URN of a schema. */
function isName(type: ResourceType, schema: Schema | undefined, name: string): boolean {
  if (schema) return findAttribute(schema.attributes, name) !== undefined;
  return coreAttribute(type, name) !== undefined || findSchema(type, name) !== undefined;
}

/** @throws ScimError invalidPath when the dialect does not tolerate the quirk */
function expectTolerated({ dialect }: ResourceType, quirk: QuirkName, name: string): void {
  if (tolerates(dialect, quirk)) return;
  throw new ScimError('invalidPath', `"${name.slice(0, 100)}" is not an attribute name.`);
}

/**
 * Whether a name in a value without path is an attribute that a client can write. Unknown names are ignored.
 * @throws ScimError mutability for read-only attributes, unless the dialect ignores them
 */
function isWritable(type: ResourceType, path: string): boolean {
  try {
    const parsed = parsePath(path);
    if (!schemaOfPath(type, parsed.path)) resolveTarget(type, parsed);
    return true;
  } catch (error) {
    if (!(error instanceof ScimError)) throw error;
    if (error.code === 'invalidPath') return false;
    if (error.code === 'mutability' && tolerates(type.dialect, 'readOnlyInPatchValue')) return false;
    throw error;
  }
}
