import { ScimError } from './errors.js';
import { isObject, jsonCheck, memberOf, type ScimAttributes } from './json.js';
import { tolerates } from './quirks.js';
import { type Attribute, findAttribute, type ResourceType, type Schema } from './schema/attribute.js';
import { coreAttribute } from './schema/common.js';
import { findSchema, pathAfterDot, readAttributePath, resolveAttribute } from './schema/resolve.js';
import { atOnce, type Steps } from './steps.js';
import { foldCase } from './text.js';
import { checkPrimary, invalid, isBlank, type Reading, valueSteps } from './values.js';

/** Finds an attribute of a section by name, not case-sensitive. */
type Lookup = (name: string) => Attribute | undefined;

/** Many times the size of a user from Okta or Entra ID, and small enough for a PATCH to read it repeatedly. */
const MAX_BYTES = 65_536;

/**
 * Reads the body of a POST or PUT (RFC 7644 §3.3, §3.5.1). Names are not case-sensitive (RFC 7643 §2.1); unknown and
 * read-only attributes are ignored; null and [] mean unassigned; `password` is accepted and discarded. `QUIRKS` lists the
 * accepted deviations from the RFCs.
 * @returns the writable attributes in schema case, extensions nested under their URN; `active` only when it was given
 * @throws ScimError invalidSyntax when the body is not a resource, invalidValue naming the attribute when a value does not
 *   fit, tooLarge when the attributes exceed the size limit
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
 * Limits the attributes of a resource to 64 KiB of JSON in UTF-8. Members do not count, because they are stored elsewhere;
 * `active` does not count, so that every user can be deactivated. A resource that is already larger must not grow.
 * @param before the attributes before the change
 * @throws ScimError tooLarge
 */
export function checkSize(type: ResourceType, attributes: ScimAttributes, before: ScimAttributes = {}): void {
  if (bytesOf(attributes) <= Math.max(MAX_BYTES, bytesOf(before))) return;
  const detail = `The attributes of a ${type.name} can have at most ${MAX_BYTES} bytes of JSON.`;
  throw new ScimError('tooLarge', detail);
}

function bytesOf({ active: _status, members: _apart, ...attributes }: ScimAttributes): number {
  return new TextEncoder().encode(JSON.stringify(attributes)).length;
}

/** Reads the attributes of a body and checks each value, but not whether required attributes are present. */
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
      if (sections.has(schema)) throw invalid(schema.id, 'appears more than once');
      sections.add(schema);
      yield* readExtension(result, reading, schema, section(schema, value));
    } else if (!core(name)) yield* readQualified(result, reading, type, name, value);
  }
  return result;
}

/**
 * Reads a qualified name, such as `urn:…:2.0:User:active` or `urn:…:2.0:User.active`, as a path. The RFC has no such names in a body; they are refused
 * in strict dialects, because ignoring them would lose the value without an error.
 */
function* readQualified(
  result: ScimAttributes,
  reading: Reading,
  type: ResourceType,
  name: string,
  value: unknown,
): Steps<void> {
  const path = readAttributePath(name.trim());
  const resolved = path && resolveAttribute(type, pathAfterDot(type, path) ?? path);
  if (!resolved || resolved.sub) return;
  if (!tolerates(type.dialect, 'pathsAsNames'))
    throw new ScimError('invalidSyntax', `"${name.slice(0, 100)}" is not an attribute name.`);
  const { attribute, extension } = resolved;
  const section = { [attribute.name]: value };
  if (extension) yield* readExtension(result, reading, extension, section);
  else yield* readInto(result, reading, (given) => coreAttribute(type, given), section);
}

/**
 * Checks a whole resource: required attributes are present and not blank (in an extension only when the resource uses it),
 * and at most one value is primary.
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

/** Whether a client can write the attribute and this service stores it. */
function isKept(attribute: Attribute): boolean {
  return attribute.mutability !== 'readOnly' && attribute.returned !== 'never';
}

/** RFC 7643 §3: `schemas` contains the schema of the type and those of its extensions, each once, and no others. */
function checkSchemas(type: ResourceType, body: Record<string, unknown>): void {
  const given = memberOf(body, 'schemas') ?? [];
  if (!Array.isArray(given) || !given.every((urn) => typeof urn === 'string')) {
    throw new ScimError('invalidSyntax', '"schemas" must be an array of strings.');
  }
  const named = new Set(given.map((urn) => urn.toLowerCase()));
  if (!tolerates(type.dialect, 'schemasMissing') && !named.has(type.schema.id.toLowerCase())) {
    throw new ScimError('invalidSyntax', `"schemas" must contain "${type.schema.id}".`);
  }
  if (tolerates(type.dialect, 'schemasForeign')) return;
  if (named.size < given.length) throw invalid('schemas', 'contains a schema more than once');
  if (!given.every((urn) => findSchema(type, urn)))
    throw invalid('schemas', `contains a schema that ${type.name} does not have`);
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
    // Two spellings of one name can have different values; readers would disagree on which one counts.
    if (given.has(attribute.name)) throw invalid(attribute.name, 'appears more than once');
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

/** The RFC has no core attributes under the core URN; ignoring them would lose their values without an error. */
function coreSection({ dialect, schema }: ResourceType, value: unknown): Record<string, unknown> {
  if (tolerates(dialect, 'coreAttributesUnderUrn')) return section(schema, value);
  throw new ScimError(
    'invalidSyntax',
    'Core attributes must be at the top level of the body, not under the URN of the core schema.',
  );
}

function section(schema: Schema, value: unknown): Record<string, unknown> {
  if (value === null) return {};
  if (!isObject(value)) throw invalid(schema.id, 'must be an object');
  return value;
}
