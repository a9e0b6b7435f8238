import { isObject, memberOf } from '../json.js';
import { isStorable } from '../storable.js';
import { invalid } from '../values.js';
import { type Attribute } from './attribute.js';

/** RFC 7643 §2.1, without the "$" that the paths of RFC 7644 §3.10 cannot hold. */
const NAME = /^[a-z][a-z\d_-]*$/i;
/** Property names of every JavaScript object, which would be unsafe for other readers of the stored JSON. */
const FORBIDDEN = new Set(['constructor', 'prototype', '__proto__']);
const MAX_NAME = 100;
const MAX_LABELS = 100;

const TYPES = ['string', 'boolean', 'decimal', 'integer', 'dateTime', 'reference', 'binary', 'complex'] as const;
const RULE_TYPES: readonly Attribute['type'][] = ['string', 'boolean', 'decimal', 'integer'];
/** Without readOnly: clients could not write the attribute, and this service has no value for it. */
const MUTABILITIES = ['readWrite', 'immutable'] as const;
const RETURNED = ['default', 'always', 'request'] as const;
/** Custom attributes are only stored; their uniqueness is not enforced. */
const UNIQUENESSES = ['none'] as const;

/**
 * Reads an attribute of a custom schema with the defaults of RFC 7643 §2.2, without its sub-attributes.
 * @param where its path, for errors
 * @param inside whether it is a sub-attribute, which cannot be complex and can be named `$ref` (RFC 7643 §2.3.8, §2.4)
 * @throws ScimError invalidValue naming the path
 */
export function parseAttribute(given: unknown, where: string, inside: boolean): Attribute {
  if (!isObject(given)) throw invalid(where, 'must be an object');
  const read = (name: string) => memberOf(given, name) ?? undefined;
  const type = oneOf(TYPES, read('type'), 'string', `${where}.type`);
  if (inside && type === 'complex') throw invalid(`${where}.type`, 'cannot be complex inside a complex attribute');
  if (type !== 'complex' && read('subAttributes') !== undefined) {
    throw invalid(`${where}.subAttributes`, 'are only allowed when "type" is "complex"');
  }
  if (type !== 'reference' && read('referenceTypes') !== undefined) {
    throw invalid(`${where}.referenceTypes`, 'are only allowed when "type" is "reference"');
  }
  const flag = (name: string) => flagOf(read(name), `${where}.${name}`);
  const canonicalValues = labelsOf(read('canonicalValues'), `${where}.canonicalValues`);
  const referenceTypes = labelsOf(read('referenceTypes'), `${where}.referenceTypes`);
  const usableInRules = flag('usableInRules');
  if (usableInRules && (inside || flag('multiValued') || !RULE_TYPES.includes(type)))
    throw invalid(
      `${where}.usableInRules`,
      `requires a single value of type ${RULE_TYPES.join(', ')} at the top level`,
    );
  return {
    name: nameOf(read('name'), `${where}.name`, inside),
    type,
    multiValued: flag('multiValued'),
    description: textOf(read('description') ?? '', `${where}.description`),
    required: flag('required'),
    caseExact: flag('caseExact'),
    mutability: oneOf(MUTABILITIES, read('mutability'), 'readWrite', `${where}.mutability`),
    returned: oneOf(RETURNED, read('returned'), 'default', `${where}.returned`),
    uniqueness: oneOf(UNIQUENESSES, read('uniqueness'), 'none', `${where}.uniqueness`),
    ...(canonicalValues ? { canonicalValues } : {}),
    ...(referenceTypes ? { referenceTypes } : {}),
    ...(usableInRules ? { usableInRules } : {}),
  };
}

function nameOf(given: unknown, where: string, inside: boolean): string {
  const name = textOf(given, where, MAX_NAME);
  if (inside && name === '$ref') return name;
  if (NAME.test(name) && !FORBIDDEN.has(name.toLowerCase())) return name;
  throw invalid(where, 'must start with a letter and contain only letters, digits, "-" and "_"');
}

function oneOf<T extends string>(allowed: readonly T[], given: unknown, otherwise: T, where: string): T {
  if (given === undefined) return otherwise;
  const match = allowed.find((value) => value === given);
  if (match === undefined) throw invalid(where, `must be one of: ${allowed.join(', ')}`);
  return match;
}

function flagOf(given: unknown, where: string): boolean {
  if (given === undefined) return false;
  if (typeof given !== 'boolean') throw invalid(where, 'must be true or false');
  return given;
}

function labelsOf(given: unknown, where: string): readonly string[] | undefined {
  if (given === undefined) return undefined;
  if (!Array.isArray(given)) throw invalid(where, 'must be an array');
  if (given.length > MAX_LABELS) throw invalid(where, `can have at most ${MAX_LABELS} items`);
  return given.map((label, index) => textOf(label, `${where}[${index}]`, 100));
}

/** @throws ScimError invalidValue unless it is a storable string of at most `limit` characters */
export function textOf(given: unknown, where: string, limit = 1000): string {
  if (typeof given !== 'string') throw invalid(where, 'must be a string');
  if (given.length > limit) throw invalid(where, `can have at most ${limit} characters`);
  if (!isStorable(given)) throw invalid(where, 'contains characters that cannot be stored');
  return given;
}
