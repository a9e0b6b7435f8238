import { ScimError } from './errors.js';
import { isObject, jsonCheck, memberOf, type ScimAttributes } from './json.js';
import { tolerates } from './quirks.js';
import { type Attribute, findAttribute, type ResourceType, type Schema } from './schema/attribute.js';
import { coreAttribute } from './schema/common.js';
import { findSchema, resolveAttribute } from './schema/resolve.js';
import { atOnce, type Steps } from './steps.js';
import { foldCase } from './text.js';
import { checkPrimary, invalid, isBlank, type Reading, valueSteps } from './values.js';

/** Finds an attribute of a section by its name, without regard to case. */
type Lookup = (name: string) => Attribute | undefined;

/** Many times what Okta or Entra ID send of a user; little enough that one PATCH can read it often. */
const MAX_BYTES = 65_536;

/**
 * Reads the body of a POST or PUT (RFC 7644 §3.3, §3.5.1). Names are found without regard to case (RFC 7643 §2.1);
 * unknown and read-only attributes are ignored; null and [] mean unassigned; `password` is taken and thrown away. What
 * is accepted beyond the RFCs stands in `QUIRKS`.
 * @returns the writable attributes in schema case, extensions nested under their URN; `active` only when it was given
 * @throws ScimError invalidSyntax when the body is no resource, invalidValue naming the attribute when a value does not
 *   fit, tooLarge when they are more than a resource may hold
 */
export function parseResource(type: ResourceType, body: unknown): ScimAttributes {
  return atOnce(resourceSteps(type, body));
}

/** `parseResource` in steps. */
export function* resourceSteps(type: ResourceType, body: unknown): Steps<ScimAttributes> {
  if (!isObject(body)) throw new ScimError('invalidSyntax', 'The body must be a JSON object.');
  yield* jsonCheck(body);
  checkSchemas(type, body);
  const result = yield* attributeSteps(type, body);
  checkResource(type, result);
  checkSize(type, result);
  return result;
}

/**
 * Holds the attributes of a resource to 64 KiB of JSON in UTF-8. Members are not counted, for they are kept apart;
 * neither is `active`, for no user may be too big to be deactivated. What was bigger already may stay so, but not grow.
 * @param before what the resource held until now
 * @throws ScimError tooLarge
 */
export function checkSize(type: ResourceType, attributes: ScimAttributes, before: ScimAttributes = {}): void {
  if (bytesOf(attributes) <= Math.max(MAX_BYTES, bytesOf(before))) return;
  const detail = `The attributes of a ${type.name} may take ${MAX_BYTES} bytes of JSON at most.`;
  throw new ScimError('tooLarge', detail);
}

function bytesOf({ active: _status, members: _apart, ...attributes }: ScimAttributes): number {
  return new TextEncoder().encode(JSON.stringify(attributes)).length;
}

/** The attributes of a body, each held to its characteristics: whether all are there that must be, is not asked. */
export function readAttributes(type: ResourceType, body: Record<string, unknown>): ScimAttributes {
  return atOnce(attributeSteps(type, body));
}

function* attributeSteps(type: ResourceType, body: Record<string, unknown>): Steps<ScimAttributes> {
  const result: ScimAttributes = {};
  const reading = { dialect: type.dialect, fold: foldCase };
  const core: Lookup = (name) => coreAttribute(type, name);
  const sections = new Set<Schema>();
  yield* readInto(result, reading, core, body);
  for (const [name, value] of Object.entries(body)) {
    const schema = findSchema(type, name.trim());
    if (schema === type.schema) yield* readInto(result, reading, core, coreSection(type, value));
    else if (schema) {
      if (sections.has(schema)) throw invalid(schema.id, 'is given twice');
      sections.add(schema);
      yield* readExtension(result, reading, schema, section(schema, value));
    } else if (!core(name)) yield* readQualified(result, reading, type, name, value);
  }
  return result;
}

/**
 * A name that is more than that, such as `urn:…:2.0:User:active`, says in a body what it says in a path. By the letter it
 * is no name; to pass it over would deceive its sender.
 */
function* readQualified(
  result: ScimAttributes,
  reading: Reading,
  type: ResourceType,
  name: string,
  value: unknown,
): Steps<void> {
  const found = resolveAttribute(type, name.trim());
  if (!found || found.sub) return;
  if (!tolerates(type.dialect, 'pathsAsNames'))
    throw new ScimError('invalidSyntax', `"${name.slice(0, 100)}" is no name of an attribute.`);
  const { attribute, extension } = found;
  const said = { [attribute.name]: value };
  if (extension) yield* readExtension(result, reading, extension, said);
  else yield* readInto(result, reading, (given) => coreAttribute(type, given), said);
}

/**
 * Holds a whole resource to its schemas: what is required is there and not blank, in extensions where there is anything
 * of them; one value is primary at most.
 * @throws ScimError invalidValue
 */
export function checkResource(type: ResourceType, resource: ScimAttributes): void {
  checkSection(type.schema, resource);
  for (const extension of type.extensions) {
    const inner = resource[extension.id];
    if (isObject(inner)) checkSection(extension, inner);
  }
}

function checkSection({ attributes }: Schema, section: ScimAttributes): void {
  for (const attribute of attributes) {
    const value = section[attribute.name];
    if (attribute.required && isBlank(value)) throw invalid(attribute.name, 'is required');
    if (attribute.multiValued) checkPrimary(attribute, value);
  }
}

/** True for what a client may write and this service keeps. */
function isKept(attribute: Attribute): boolean {
  return attribute.mutability !== 'readOnly' && attribute.returned !== 'never';
}

/** RFC 7643 §3: `schemas` names the schema of the type and those of its extensions, each once, and no other. */
function checkSchemas(type: ResourceType, body: Record<string, unknown>): void {
  const given = memberOf(body, 'schemas') ?? [];
  if (!Array.isArray(given) || !given.every((urn) => typeof urn === 'string')) {
    throw new ScimError('invalidSyntax', '"schemas" must be an array of strings.');
  }
  const named = new Set(given.map((urn) => urn.toLowerCase()));
  if (!tolerates(type.dialect, 'schemasMissing') && !named.has(type.schema.id.toLowerCase())) {
    throw new ScimError('invalidSyntax', `"schemas" must hold "${type.schema.id}".`);
  }
  if (tolerates(type.dialect, 'schemasForeign')) return;
  if (named.size < given.length) throw invalid('schemas', 'names a schema twice');
  if (!given.every((urn) => findSchema(type, urn))) throw invalid('schemas', `names a schema that no ${type.name} has`);
}

function* readInto(
  result: ScimAttributes,
  reading: Reading,
  lookup: Lookup,
  from: Record<string, unknown>,
): Steps<void> {
  const given = new Set(Object.keys(result));
  for (const [name, value] of Object.entries(from)) {
    const attribute = lookup(name);
    if (!attribute || attribute.mutability === 'readOnly') continue;
    // Two spellings of one name could say two things; whoever reads the other one would be deceived.
    if (given.has(attribute.name)) throw invalid(attribute.name, 'is given twice');
    given.add(attribute.name);
    const parsed = yield* valueSteps(reading, attribute, value);
    yield;
    if (parsed !== undefined && isKept(attribute)) result[attribute.name] = parsed;
  }
}

function* readExtension(
  result: ScimAttributes,
  reading: Reading,
  extension: Schema,
  from: Record<string, unknown>,
): Steps<void> {
  const before = result[extension.id];
  const attributes: ScimAttributes = isObject(before) ? { ...before } : {};
  yield* readInto(attributes, reading, (name) => findAttribute(extension.attributes, name), from);
  if (Object.keys(attributes).length > 0) result[extension.id] = attributes;
}

/** By the letter no attribute has the name of the core schema; to pass over what stands in it would deceive its sender. */
function coreSection({ dialect, schema }: ResourceType, value: unknown): Record<string, unknown> {
  if (tolerates(dialect, 'coreAttributesUnderUrn')) return section(schema, value);
  throw new ScimError('invalidSyntax', 'The attributes of the core schema do not stand under its URN.');
}

function section(schema: Schema, value: unknown): Record<string, unknown> {
  if (value === null) return {};
  if (!isObject(value)) throw invalid(schema.id, 'must be an object');
  return value;
}
