import { ScimError } from '../errors.js';
import { findAttribute, type ResourceType } from '../schema/attribute.js';
import { type ResolvedAttribute, resolveAttribute } from '../schema/resolve.js';

/**
 * The attribute that a list is sorted by (RFC 7644 §3.4.2.3): a simple one, a sub-attribute, or the `value` of a
 * multi-valued one.
 * @param sortBy an attribute path as it was given
 * @throws ScimError invalidValue when the type has no such attribute, it is never returned, or it has parts of which none
 *   is named
 */
export function sortedAttribute(type: ResourceType, sortBy: string): ResolvedAttribute {
  const resolved = resolveAttribute(type, sortBy);
  const named = resolved?.sub ?? resolved?.attribute;
  if (!resolved || !named || named.returned === 'never' || resolved.attribute.returned === 'never')
    throw wrong(`${type.name} has no attribute of the name given`);
  if (named.type !== 'complex') return resolved;
  const value = named.multiValued ? findAttribute(named.subAttributes ?? [], 'value') : undefined;
  if (!value) throw wrong(`"${resolved.name}" has several parts: one of them must be named, as in "name.familyName"`);
  return { ...resolved, name: `${resolved.name}.${value.name}`, sub: value };
}

const wrong = (why: string): ScimError => new ScimError('invalidValue', `"sortBy" cannot be used: ${why}.`);
