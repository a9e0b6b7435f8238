import { type Dialect } from '../dialects.js';

/** One row of a schema: an attribute and its characteristics (RFC 7643 §2.2, §7). */
export type Attribute = {
  name: string;
  type: 'string' | 'boolean' | 'decimal' | 'integer' | 'dateTime' | 'reference' | 'binary' | 'complex';
  multiValued: boolean;
  description: string;
  required: boolean;
  caseExact: boolean;
  mutability: 'readOnly' | 'readWrite' | 'immutable' | 'writeOnly';
  returned: 'always' | 'never' | 'default' | 'request';
  uniqueness: 'none' | 'server' | 'global';
  canonicalValues?: readonly string[];
  referenceTypes?: readonly string[];
  subAttributes?: readonly Attribute[];
  /** Of an extension attribute of users: an administrator allows access rules to use it. Not part of RFC 7643. */
  usableInRules?: true;
};

export type Schema = { id: string; name: string; description: string; attributes: readonly Attribute[] };

/**
 * A resource type: its endpoint, its schema and its possible extensions (RFC 7643 §6), with the dialect of the
 * integration's client.
 */
export type ResourceType = {
  name: 'User' | 'Group';
  dialect: Dialect;
  endpoint: string;
  description: string;
  schema: Schema;
  extensions: readonly Schema[];
};

type Characteristics = Partial<Omit<Attribute, 'name' | 'description' | 'subAttributes'>>;

/** An attribute with the defaults of RFC 7643 §2.2 (a readWrite string), overridden by `characteristics`. */
export function attribute(name: string, description: string, characteristics: Characteristics = {}): Attribute {
  return {
    name,
    type: 'string',
    multiValued: false,
    description,
    required: false,
    caseExact: false,
    mutability: 'readWrite',
    returned: 'default',
    uniqueness: 'none',
    ...characteristics,
  };
}

/** A complex attribute with sub-attributes (RFC 7643 §2.3.8). */
export function complex(
  name: string,
  description: string,
  subAttributes: readonly Attribute[],
  characteristics: Characteristics = {},
): Attribute {
  return { ...attribute(name, description, { ...characteristics, type: 'complex' }), subAttributes };
}

/** The description of `display` (RFC 7643 §8.7.1). */
export const DISPLAY = 'A human-readable name, primarily used for display purposes.  READ-ONLY.';

/** @returns the description of a `type` (RFC 7643 §8.7.1) */
export const typeLabel = (examples = ''): string => `A label indicating the attribute's function${examples}.`;

/** @returns the description of `primary` (RFC 7643 §8.7.1) */
export const primaryFlag = (example = ''): string =>
  "A Boolean value indicating the 'primary' or preferred attribute value for this attribute" +
  `${example}.  The primary attribute value 'True' MUST appear no more than once.`;

/**
 * A multi-valued attribute with the sub-attributes of RFC 7643 §2.4: value, display, type and primary.
 * @param described the description of `value`, and the examples in those of `type` and `primary`
 */
export function plural(
  name: string,
  description: string,
  described: { value: string; types?: string; primary?: string },
  value: Characteristics = {},
  canonicalTypes?: readonly string[],
): Attribute {
  return complex(
    name,
    description,
    [
      attribute('value', described.value, value),
      attribute('display', DISPLAY),
      attribute('type', typeLabel(described.types), canonicalTypes && { canonicalValues: canonicalTypes }),
      attribute('primary', primaryFlag(described.primary), { type: 'boolean' }),
    ],
    { multiValued: true },
  );
}

const byName = new WeakMap<readonly Attribute[], Map<string, Attribute>>();

/** @returns the attribute by name, not case-sensitive (RFC 7643 §2.1); undefined when the schema has none */
export function findAttribute(attributes: readonly Attribute[], name: string): Attribute | undefined {
  let index = byName.get(attributes);
  if (!index) {
    index = new Map(
      attributes.flatMap((item) => [[item.name, item] as const, [item.name.toLowerCase(), item] as const]),
    );
    byName.set(attributes, index);
  }
  return index.get(name) ?? index.get(name.toLowerCase());
}
