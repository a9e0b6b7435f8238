import { ScimError } from '../errors.js';
import { type Filter, type PatchPath } from '../filter/ast.js';
import { expectLiterals, insideOf } from '../filter/dialect.js';
import { parsePath } from '../filter/parse.js';
import { printAttributePath, printFilter } from '../filter/print.js';
import { isObject, type JsonValue } from '../json.js';
import { type Attribute, findAttribute, type ResourceType, type Schema } from '../schema/attribute.js';
import { coreAttribute } from '../schema/common.js';
import { findSchema, resolveAttribute, schemaOfPath } from '../schema/resolve.js';
import { type QuirkName, tolerates } from '../quirks.js';
import { invalid } from '../values.js';
import { type PatchOperation } from './message.js';

/** What one change is about, resolved through the schema. */
export type Target = { extension?: Schema; attribute: Attribute; sub?: Attribute; filter?: Filter };
export type Change = {
  op: PatchOperation['op'];
  target: Target;
  value: JsonValue | undefined;
  /** Whether all of an extension is meant, and this attribute as a part of it. */
  isWhole?: boolean;
};

/**
 * The changes that an operation asks for: one for each attribute in a value without path, else one.
 *
 * In a value without path, names are those of attributes, or the URN of an extension over an object (RFC 7644 §3.5.2);
 * unknown ones are ignored. What else they may be where the dialect has it, stands in `QUIRKS`.
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
  if (whole && !parsed.filter) {
    if (whole === type.schema) expectTolerated(type, 'coreAttributesUnderUrn', path);
    return changesToSchema(type, op, whole, value);
  }
  return [{ op, target: resolveTarget(type, parsed), value }];
}

/**
 * @returns the target of a path
 * @throws ScimError invalidPath for what the schema does not have, mutability for what a client may not write
 */
function resolveTarget(type: ResourceType, parsed: PatchPath): Target {
  const resolved = resolveAttribute(type, parsed.path);
  if (!resolved) {
    const name = printAttributePath(parsed.path).slice(0, 100);
    throw new ScimError('invalidPath', `${type.name} has no attribute "${name}".`);
  }
  const { attribute, sub, extension } = resolved;
  if (attribute.mutability === 'readOnly' || sub?.mutability === 'readOnly') {
    throw new ScimError('mutability', `"${resolved.name}" cannot be changed.`);
  }
  if (parsed.filter && !(attribute.multiValued && attribute.type === 'complex')) {
    throw new ScimError('invalidPath', `"${attribute.name}" has no values to choose from.`);
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
    throw new ScimError('invalidValue', 'Without the path of an attribute the value must be an object.');
  return Object.entries(value).flatMap(([name, entry]) => {
    const path = schema ? `${schema.id}:${name}` : name;
    if (!isWritable(type, path)) return [];
    if (!isName(type, schema, name)) expectTolerated(type, 'pathsAsNames', name);
    return readChanges(type, { op, path, value: entry });
  });
}

/** Whether a name in a value is no more than that: of an attribute, or of a schema. */
function isName(type: ResourceType, schema: Schema | undefined, name: string): boolean {
  if (schema) return findAttribute(schema.attributes, name) !== undefined;
  return coreAttribute(type, name) !== undefined || findSchema(type, name) !== undefined;
}

/** @throws ScimError invalidPath when the dialect has no such thing */
function expectTolerated({ dialect }: ResourceType, quirk: QuirkName, name: string): void {
  if (tolerates(dialect, quirk)) return;
  throw new ScimError('invalidPath', `"${name.slice(0, 100)}" is no name of an attribute.`);
}

/**
 * True when the name leads to something a client may write; in a value without path what it does not know is ignored.
 * @throws ScimError mutability for what is read-only, unless the dialect has that ignored
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
