import { isObject, type JsonValue, type ScimAttributes } from './json.js';
import { type Attribute, findAttribute, type ResourceType } from './schema/attribute.js';
import { coreAttribute } from './schema/common.js';
import { FEATURES } from './schema/discovery.js';

export type Rendering = {
  id: string;
  /** From `parseResource`. */
  attributes: ScimAttributes;
  /** The resource's own URL. */
  location: string;
  /** UTC, ISO 8601. */
  createdAt: string;
  lastModifiedAt: string;
  /** Shown in `meta.version` when ServiceProviderConfig announces ETags (RFC 7644 §3.14). */
  version: number | string;
  /** Attributes that are stored elsewhere: groups, members, active. They override `attributes`. */
  extra?: ScimAttributes;
};

/**
 * The entity tag of a version (RFC 7644 §3.14). Weak, because one version can have different bytes: the display name of a
 * member changes with the member and not with the version of the group.
 */
export const entityTag = (version: number | string): string => `W/"${version}"`;

/**
 * @returns the resource as SCIM JSON (RFC 7643 §3), without attributes that are never returned or that its schemas no
 *   longer have; `schemas` lists the schemas that it uses
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

/** Whether an attribute exists and can be returned. */
const isShown = (attribute: Attribute | undefined): boolean =>
  attribute !== undefined && attribute.returned !== 'never';
