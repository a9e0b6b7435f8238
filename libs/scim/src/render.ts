import { isObject, type JsonValue, type ScimAttributes } from './json.js';
import { type Attribute, findAttribute, type ResourceType } from './schema/attribute.js';
import { coreAttribute } from './schema/common.js';
import { FEATURES } from './schema/discovery.js';

export type Rendering = {
  id: string;
  /** As `parseResource` gives them. */
  attributes: ScimAttributes;
  /** The resource's own URL. */
  location: string;
  /** UTC, ISO 8601. */
  createdAt: string;
  lastModifiedAt: string;
  /** Told in `meta.version` as soon as ServiceProviderConfig announces ETags, for the two go together (RFC 7644 §3.14). */
  version: number | string;
  /** What is not kept among the attributes: groups, members, active. Wins over them. */
  extra?: ScimAttributes;
};

/**
 * The entity tag of a version (RFC 7644 §3.14). Weak, for the same version may be told in other bytes: the name of a
 * member is a copy, which changes with the member and not with the group.
 */
export const entityTag = (version: number | string): string => `W/"${version}"`;

/**
 * @returns the resource as SCIM shows it (RFC 7643 §3), without what is never returned and without what none of its
 *   schemas has (any more); `schemas` are those that it uses
 */
export function renderResource(type: ResourceType, rendering: Rendering): ScimAttributes {
  const { id, location, createdAt, lastModifiedAt, version } = rendering;
  const attributes = { ...rendering.attributes, ...rendering.extra };
  const shown = Object.entries(attributes).flatMap(([name, value]): [string, JsonValue][] => {
    const extension = type.extensions.find((each) => each.id === name);
    if (!extension) return isShown(coreAttribute(type, name)) ? [[name, value]] : [];
    const isInside = ([sub]: [string, unknown]) => isShown(findAttribute(extension.attributes, sub));
    const inner = isObject(value) ? Object.entries(value).filter(isInside) : [];
    return inner.length === 0 ? [] : [[name, Object.fromEntries(inner)]];
  });
  const used = new Set(shown.map(([name]) => name));
  return {
    schemas: [type.schema.id, ...type.extensions.map((each) => each.id).filter((urn) => used.has(urn))],
    id,
    ...Object.fromEntries(shown),
    meta: {
      resourceType: type.name,
      created: createdAt,
      lastModified: lastModifiedAt,
      location,
      ...(FEATURES.etag ? { version: entityTag(version) } : {}),
    },
  };
}

/** Whether an attribute is there, and may be seen. */
const isShown = (attribute: Attribute | undefined): boolean =>
  attribute !== undefined && attribute.returned !== 'never';
