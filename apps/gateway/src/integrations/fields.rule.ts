import { MANAGER_ATTRIBUTES, type ManagerAttribute } from '@tidegate/contracts';
import { DIALECTS, type Dialect, parseExtensions, ScimError } from '@tidegate/scim';
import { type FieldCheck, type IntegrationField, SHORTEST_SILENCE } from './catalog.js';
import { domainOf, entraDomainFault, hostFault, nameFault, nameKey, oktaDomainFault } from './integration.rule.js';

/** NUL, or an unpaired surrogate: Postgres cannot store them. */
const UNSTORABLE = /\0|\p{Surrogate}/u;

/** A validation error; its message completes a sentence that starts with the name of the field. */
export class FieldFault extends Error {}

/** Configuration that checks use. */
export interface CheckContext {
  /** Custom domains of Okta organizations. */
  allowedDomains: readonly string[];
}

type Check = (value: unknown, field: IntegrationField, context: CheckContext) => unknown;

/** Each check returns the normalized value, or throws `FieldFault`. */
export const CHECKS: Record<FieldCheck, Check> = {
  name: (value, field) => validated(nameFault, stringOf(value, field)),
  oktaDomain: (value, field, { allowedDomains }) =>
    validated((domain) => oktaDomainFault(domain, allowedDomains), domainOf(stringOf(value, field))),
  entraDomain: (value, field) => validated(entraDomainFault, domainOf(stringOf(value, field))),
  hostName: (value, field) => (value === null ? null : validated(hostFault, domainOf(stringOf(value, field)))),
  groupNames,
  dialect: dialectOf,
  extensions: extensionsOf,
  managerAttribute: managerAttributeOf,
  silence: silenceOf,
};

function stringOf(value: unknown, { maxLength = 0 }: IntegrationField): string {
  if (typeof value !== 'string') throw new FieldFault('must be a string');
  // Twice the limit, because trimming and domain extraction shorten the value.
  if (value.length > 2 * maxLength || value.trim().length > 2 * maxLength)
    throw new FieldFault(`must have at most ${maxLength} characters`);
  if (UNSTORABLE.test(value)) throw new FieldFault('contains characters that cannot be stored');
  return value.trim();
}

function validated(faultOf: (value: string) => string | undefined, value: string): string {
  const fault = faultOf(value);
  if (fault !== undefined) throw new FieldFault(fault);
  return value;
}

/**
 * Parses group names, as an array or a comma-separated string. Names in an array may contain commas.
 * @returns the trimmed names without duplicates, ignoring case; the first spelling is kept
 */
function groupNames(value: unknown, { maxItems = 0, maxLength = 0 }: IntegrationField): string[] {
  const given = typeof value === 'string' ? value.split(',').filter((name) => name.trim() !== '') : value;
  if (!Array.isArray(given)) throw new FieldFault('must be a list of names, or a comma-separated string');
  if (given.length > maxItems) throw new FieldFault(`must have at most ${maxItems} names`);
  const names = new Map<string, string>();
  for (const each of given) {
    const name = typeof each === 'string' ? each.trim() : '';
    if (name === '' || name.length > maxLength) throw new FieldFault(`must be names of 1 to ${maxLength} characters`);
    if (UNSTORABLE.test(name)) throw new FieldFault('contains characters that cannot be stored');
    if (!names.has(nameKey(name))) names.set(nameKey(name), name);
  }
  return [...names.values()];
}

function dialectOf(value: unknown): Dialect {
  const dialect = DIALECTS.find((candidate) => candidate === value);
  if (!dialect) throw new FieldFault(`must be one of ${DIALECTS.join(', ')}`);
  return dialect;
}

function managerAttributeOf(value: unknown): ManagerAttribute | null {
  if (value === null) return null;
  const attribute = MANAGER_ATTRIBUTES.find((candidate) => candidate === value);
  if (!attribute) throw new FieldFault(`must be null or one of ${MANAGER_ATTRIBUTES.join(', ')}`);
  return attribute;
}

function extensionsOf(value: unknown) {
  try {
    return parseExtensions(value);
  } catch (error) {
    if (error instanceof ScimError) throw new FieldFault(error.detail);
    throw error;
  }
}

function silenceOf(value: unknown, { maximum = 0 }: IntegrationField): number {
  const seconds = typeof value === 'number' && Number.isInteger(value) ? value : -1;
  if (seconds !== 0 && (seconds < SHORTEST_SILENCE || seconds > maximum))
    throw new FieldFault(`must be 0 (never) or an integer from ${SHORTEST_SILENCE} to ${maximum}`);
  return seconds;
}
