import { type Attribute, findAttribute, type ResourceType, type Schema } from './attribute.js';
import { coreAttribute } from './common.js';

/** An attribute as it was written: `[urn:]attribute[.sub]` (RFC 7644 §3.10), not yet looked up. */
export type AttributePath = { urn?: string; attribute: string; sub?: string };

/** An attribute as the schema knows it. */
export type ResolvedAttribute = {
  /** Canonical name: `userName`, `name.givenName`, `urn:…:2.0:User:manager.value`. Good as a key of a table. */
  name: string;
  /** The extension that holds it; undefined for core and common attributes. */
  extension?: Schema;
  attribute: Attribute;
  sub?: Attribute;
};

const ATTRIBUTE_NAME = /^(?:[a-z][\w-]*|\$ref)$/i;

/**
 * Reads `[urn:]attribute[.sub]` (RFC 7644 §3.10).
 * @returns the parts, or undefined when the text is not such a path
 */
export function readAttributePath(text: string): AttributePath | undefined {
  const colon = text.lastIndexOf(':');
  const urn = colon < 0 ? undefined : text.slice(0, colon);
  if (urn !== undefined && !/^urn:/i.test(urn)) return undefined;
  const [attribute, sub, ...rest] = text.slice(colon + 1).split('.');
  if (!attribute || rest.length > 0 || !ATTRIBUTE_NAME.test(attribute)) return undefined;
  if (sub !== undefined && !ATTRIBUTE_NAME.test(sub)) return undefined;
  return { ...(urn === undefined ? {} : { urn }), attribute, ...(sub === undefined ? {} : { sub }) };
}

/** The schema of the type, core or extension, with that URN (without regard to case). */
export function findSchema(type: ResourceType, urn: string): Schema | undefined {
  return [type.schema, ...type.extensions].find((schema) => schema.id.toLowerCase() === urn.toLowerCase());
}

/** The schema that a path names as a whole (`urn:…:enterprise:2.0:User`), for its last part reads as an attribute. */
export function schemaOfPath(type: ResourceType, path: AttributePath): Schema | undefined {
  return path.urn === undefined || path.sub !== undefined
    ? undefined
    : findSchema(type, `${path.urn}:${path.attribute}`);
}

/**
 * Looks an attribute up in the schema, never in the object: a name that no schema has leads nowhere.
 * @param path the parts of a path, or its text
 * @returns the attribute, or undefined when the type has none of that name
 */
export function resolveAttribute(type: ResourceType, path: AttributePath | string): ResolvedAttribute | undefined {
  const parts = typeof path === 'string' ? readAttributePath(path) : path;
  if (!parts) return undefined;
  const schema = parts.urn === undefined ? type.schema : findSchema(type, parts.urn);
  if (!schema) return undefined;
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
