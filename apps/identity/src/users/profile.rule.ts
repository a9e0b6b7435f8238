import { PROFILE_ATTRIBUTES, PROFILE_LIMITS, type ProfileValue } from '@tidegate/contracts';
import { type ScimAttributes } from '@tidegate/scim';
import { isDeepStrictEqual } from 'node:util';

/** The extension attributes that an administrator marked for use in access rules. */
export interface MarkedAttributes {
  /** Canonical names, such as `urn:example:1.0:User:badge`. */
  names: readonly string[];
  /** The version of the integration at which they were saved; 0 if there are none. */
  version: number;
}
export const NO_MARKS: MarkedAttributes = { names: [], version: 0 };

/**
 * @param attributes the attributes of a user, with names in the case of the schema
 * @returns the attributes that access rules can use, by canonical name: strings, booleans and numbers within
 * `PROFILE_LIMITS`; others are omitted
 */
export function profileOf(attributes: ScimAttributes, { names }: MarkedAttributes): Record<string, ProfileValue> {
  const profile: Record<string, ProfileValue> = {};
  let bytes = 2;
  for (const name of [...PROFILE_ATTRIBUTES, ...names]) {
    const value = valueOf(attributes, name);
    if (!isProfileValue(value) || Object.hasOwn(profile, name)) continue;
    const size = Buffer.byteLength(JSON.stringify({ [name]: value }));
    if (bytes + size > PROFILE_LIMITS.bytes) continue;
    bytes += size;
    profile[name] = value;
  }
  return profile;
}

/** Whether a write changed the profile of a user. */
export function profileChanged(before: ScimAttributes, after: ScimAttributes, marks: MarkedAttributes): boolean {
  return !isDeepStrictEqual(profileOf(before, marks), profileOf(after, marks));
}

/** Whether a user has a value for one of the attributes. */
export function hasAny(attributes: ScimAttributes, names: readonly string[]): boolean {
  return names.some((name) => valueOf(attributes, name) !== undefined);
}

function isProfileValue(value: unknown): value is ProfileValue {
  if (typeof value === 'string') return value.length <= PROFILE_LIMITS.valueLength;
  return typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
}

function valueOf(attributes: ScimAttributes, name: string): unknown {
  const colon = name.lastIndexOf(':');
  const parent = colon < 0 ? attributes : member(attributes, name.slice(0, colon));
  return name
    .slice(colon + 1)
    .split('.')
    .reduce<unknown>((value, part) => member(Array.isArray(value) ? preferred(value) : value, part), parent);
}

/** The primary item of a multi-valued attribute, or its first. */
function preferred(items: readonly unknown[]): unknown {
  return items.find((item) => member(item, 'primary') === true) ?? items[0];
}

function member(value: unknown, name: string): unknown {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}
