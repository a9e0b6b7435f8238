import { type Attribute, findAttribute, type ResourceType, type Schema } from './attribute.js';
import { tolerates } from '../quirks.js';
import { coreAttribute } from './common.js';

/** A parsed attribute path, `[urn:]attribute[.sub]` (RFC 7644 §3.10), not yet resolved. */
export type AttributePath = {
  urn?: string;
  attribute: string;
  sub?: string;
  /** Whether a dot is between the URN and the attribute: `urn:…:User.manager.value`. */
  afterDot?: true;
};

/** An attribute from the schema. */
export type ResolvedAttribute = {
  /** Canonical name: `userName`, `name.givenName`, `urn:…:2.0:User:manager.value`. */
  name: string;
  /** The extension that has the attribute; undefined for core and common attributes. */
  extension?: Schema;
  attribute: Attribute;
  sub?: Attribute;
};

const ATTRIBUTE_NAME = /^(?:[a-z][\w-]*|\$ref)$/i;

/**
 * Reads `[urn:]attribute[.sub]` (RFC 7644 §3.10), and `urn.attribute.sub`.
 * @returns the parts, or undefined when the string is not such a path
 */
export function readAttributePath(text: string): AttributePath | undefined {
  const colon = text.lastIndexOf(':');
  const urn = colon < 0 ? undefined : text.slice(0, colon);
  if (urn !== undefined && !/^urn:/i.test(urn)) return undefined;
  const names = text.slice(colon + 1).split('.');
  if (names.length > 3 || !names.every((name) => ATTRIBUTE_NAME.test(name))) return undefined;
  if (names.length === 3) {
    const [last, attribute, sub] = names as [string, string, string];
    return urn === undefined ? undefined : { urn: `${urn}:${last}`, attribute, sub, afterDot: true };
  }
  const [attribute, sub] = names as [string, string?];
  return { ...(urn === undefined ? {} : { urn }), attribute, ...(sub === undefined ? {} : { sub }) };
}

/** @returns the core or extension schema of the type by URN, not case-sensitive; undefined when it has none */
export function findSchema(type: ResourceType, urn: string): Schema | undefined {
  return [type.schema, ...type.extensions].find((schema) => schema.id.toLowerCase() === urn.toLowerCase());
}

/** @returns the schema that a whole path names (`urn:…:enterprise:2.0:User`), whose last part parses as an attribute */
export function schemaOfPath(type: ResourceType, path: AttributePath): Schema | undefined {
  return path.urn === undefined || path.sub !== undefined
    ? undefined
    : findSchema(type, `${path.urn}:${path.attribute}`);
}

/** @returns `urn:…:User:manager[.sub]` for `urn:…:User.manager[.sub]`; undefined when the path does not have this form */
export function pathAfterDot(
  type: ResourceType,
  { urn, attribute, sub, afterDot }: AttributePath,
): AttributePath | undefined {
  if (afterDot)
    return urn !== undefined && findSchema(type, urn) ? { urn, attribute, ...(sub ? { sub } : {}) } : undefined;
  const schema = urn !== undefined && sub !== undefined && findSchema(type, `${urn}:${attribute}`);
  return schema ? { urn: schema.id, attribute: sub } : undefined;
}

/**
 * Looks an attribute up in the schema. Object properties are never consulted, so names like "constructor" do not resolve.
 * @param path parsed or as a string
 * @returns the attribute, or undefined when the type has none of that name
 */
export function resolveAttribute(type: ResourceType, path: AttributePath | string): ResolvedAttribute | undefined {
  const given = typeof path === 'string' ? readAttributePath(path) : path;
  if (!given) return undefined;
  const parts = (tolerates(type.dialect, 'dotAfterUrn') && pathAfterDot(type, given)) || given;
  const schema = parts.urn === undefined ? type.schema : findSchema(type, parts.urn);
  if (!schema || parts.afterDot) return undefined;
  const extension = schema === type.schema ? undefined : schema;
  const attribute = extension
    ? findAttribute(extension.attributes, parts.attribute)
    : coreAttribute(type, parts.attribute);
  if (!attribute) return undefined;
  const name = extension ? `${extension.id}:${attribute.name}` : attribute.name;
  const base = { name, attribute, ...(extension ? { extension } : {}) };
  if (parts.sub === undefined) return base;
  const sub = findAttribute(attribute.subAttributes ?? [], parts.sub);
  return sub && { ...base, name: `${name}.${sub.name}`, sub };
}
