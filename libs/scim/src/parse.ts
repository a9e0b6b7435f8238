import { ScimError } from './errors.js';
import { checkDepth, isObject, type JsonValue, memberOf, type ScimAttributes } from './json.js';
import { type Attribute, findAttribute, type ResourceType, type Schema } from './schema/attribute.js';
import { COMMON } from './schema/common.js';
import { checkPrimary, invalid, isBlank, parseValue } from './values.js';

/** Many times what Okta or Entra ID send of a user; little enough that one PATCH can read it often. */
const MAX_BYTES = 65_536;

/**
 * Reads the body of a POST or PUT (RFC 7644 §3.3, §3.5.1). Names are found without regard to case (RFC 7643 §2.1);
 * unknown and read-only attributes are ignored; null and [] mean unassigned; core attributes may also stand inside an
 * object under the core URN; `password` is taken and thrown away; a missing `schemas` is accepted.
 * @returns the writable attributes in schema case, extensions nested under their URN; `active` only when it was given
 * @throws ScimError invalidSyntax when the body is no resource, invalidValue naming the attribute when a value does not
 *   fit, tooLarge when they are more than a resource may hold
 */
export function parseResource(type: ResourceType, body: unknown): ScimAttributes {
  const result = readResource(type, body);
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

/** `parseResource` without the limit on the size. */
export function readResource(type: ResourceType, body: unknown): ScimAttributes {
  if (!isObject(body)) throw new ScimError('invalidSyntax', 'The body must be a JSON object.');
  checkDepth(body);
  checkSchemas(body);
  const result: ScimAttributes = {};
  const core = [...type.schema.attributes, ...COMMON];
  readInto(result, core, body);
  for (const [name, value] of Object.entries(body)) {
    if (name.toLowerCase() === type.schema.id.toLowerCase()) readInto(result, core, section(type.schema, value));
    const extension = type.extensions.find((schema) => schema.id.toLowerCase() === name.toLowerCase());
    if (extension) readExtension(result, extension, value);
  }
  checkResource(type, result);
  return result;
}

/**
 * Holds a whole resource to its schema: what is required is there and not blank, one value is primary at most.
 * @throws ScimError invalidValue
 */
export function checkResource(type: ResourceType, resource: ScimAttributes): void {
  const missing = type.schema.attributes.find((item) => item.required && isBlank(resource[item.name]));
  if (missing) throw invalid(missing.name, 'is required');
  for (const item of type.schema.attributes) if (item.multiValued) checkPrimary(item, resource[item.name]);
}

/** True for what a client may write and this service keeps. */
export function isKept(attribute: Attribute): boolean {
  return attribute.mutability !== 'readOnly' && attribute.returned !== 'never';
}

function checkSchemas(body: Record<string, unknown>): void {
  const schemas = memberOf(body, 'schemas');
  if (schemas === undefined || schemas === null) return;
  if (!Array.isArray(schemas) || !schemas.every((urn) => typeof urn === 'string')) {
    throw new ScimError('invalidSyntax', '"schemas" must be an array of strings.');
  }
}

function readInto(result: ScimAttributes, attributes: readonly Attribute[], from: Record<string, unknown>): void {
  const given = new Set(Object.keys(result));
  for (const [name, value] of Object.entries(from)) {
    const attribute = findAttribute(attributes, name);
    if (!attribute || !isKept(attribute)) continue;
    // Two spellings of one name could say two things; whoever reads the other one would be deceived.
    if (given.has(attribute.name)) throw invalid(attribute.name, 'is given twice');
    given.add(attribute.name);
    const parsed = parseValue(attribute, value);
    if (parsed !== undefined) result[attribute.name] = parsed;
  }
}

function readExtension(result: ScimAttributes, extension: Schema, value: unknown): void {
  if (Object.hasOwn(result, extension.id)) throw invalid(extension.id, 'is given twice');
  const attributes: { [name: string]: JsonValue } = {};
  readInto(attributes, extension.attributes, section(extension, value));
  if (Object.keys(attributes).length > 0) result[extension.id] = attributes;
}

function section(schema: Schema, value: unknown): Record<string, unknown> {
  if (value === null) return {};
  return isObject(value) ? value : refuseSection(schema);
}

function refuseSection(schema: Schema): never {
  throw invalid(schema.id, 'must be an object');
}
