import { ScimError } from '../errors.js';
import { findAttribute, type ResourceType } from '../schema/attribute.js';
import { type ResolvedAttribute, resolveAttribute } from '../schema/resolve.js';

/**
 * The attribute that a list is sorted by (RFC 7644 §3.4.2.3): a simple attribute, a sub-attribute, or the `value` of a
 * multi-valued attribute.
 * @param sortBy an attribute path from the client
 * @throws ScimError invalidValue when the type has no such attribute, it is never returned, or it is complex and `sortBy`
 *   names no sub-attribute
 */
export function sortedAttribute(type: ResourceType, sortBy: string): ResolvedAttribute {
  const resolved = resolveAttribute(type, sortBy);
  const named = resolved?.sub ?? resolved?.attribute;
  if (!resolved || !named || named.returned === 'never' || resolved.attribute.returned === 'never')
    throw invalidSort(`names an attribute that ${type.name} does not have`);
  if (named.type !== 'complex') return resolved;
  const value = named.multiValued ? findAttribute(named.subAttributes ?? [], 'value') : undefined;
  if (!value) throw invalidSort(`must name a sub-attribute of "${resolved.name}", as in "name.familyName"`);
  return { ...resolved, name: `${resolved.name}.${value.name}`, sub: value };
}

const invalidSort = (what: string): ScimError => new ScimError('invalidValue', `"sortBy" ${what}.`);
