import { DIALECTS, type Dialect, parseExtensions, ScimError } from '@tidegate/scim';
import { type FieldCheck, type IntegrationField, SHORTEST_SILENCE } from './catalog.js';
import { domainOf, entraDomainFault, hostFault, nameFault, nameKey, oktaDomainFault } from './integration.rule.js';

/** NUL, or half of a surrogate pair: no UTF-8 database can hold it. */
const UNSTORABLE = /\0|\p{Surrogate}/u;

/** Why a value is not one of its field, as a sentence that follows the field's name. */
export class FieldFault extends Error {}

/** What a check may know besides the value and its field. */
export interface Around {
  /** Domains of Okta organizations that do not live under okta.com. */
  allowedDomains: readonly string[];
}

type Check = (value: unknown, field: IntegrationField, around: Around) => unknown;

/** What each check makes of a value; it throws `FieldFault` for one that does not fit. */
export const CHECKS: Record<FieldCheck, Check> = {
  name: (value, field) => without(nameFault, textOf(value, field)),
  oktaDomain: (value, field, { allowedDomains }) =>
    without((domain) => oktaDomainFault(domain, allowedDomains), domainOf(textOf(value, field))),
  entraDomain: (value, field) => without(entraDomainFault, domainOf(textOf(value, field))),
  hostName: (value, field) => (value === null ? null : without(hostFault, domainOf(textOf(value, field)))),
  groupNames,
  dialect: dialectOf,
  extensions: extensionsOf,
  silence: silenceOf,
};

function textOf(value: unknown, { maxLength = 0 }: IntegrationField): string {
  if (typeof value !== 'string') throw new FieldFault('must be a text');
  // Room for what is taken off: spaces, and the address around a domain.
  if (value.length > 2 * maxLength || value.trim().length > 2 * maxLength)
    throw new FieldFault(`must have ${maxLength} characters at most`);
  if (UNSTORABLE.test(value)) throw new FieldFault('holds characters that cannot be stored');
  return value.trim();
}

function without(fault: (text: string) => string | undefined, text: string): string {
  const sentence = fault(text);
  if (sentence !== undefined) throw new FieldFault(sentence);
  return text;
}

/**
 * Names of groups, as a list or as one text with commas between them. In a list a comma is part of a name; a dot always is.
 * @returns the names trimmed, each once without regard to case, as it was written first
 */
function groupNames(value: unknown, { maxItems = 0, maxLength = 0 }: IntegrationField): string[] {
  const given = typeof value === 'string' ? value.split(',').filter((name) => name.trim() !== '') : value;
  if (!Array.isArray(given)) throw new FieldFault('must be a list of names, or one text with commas between them');
  if (given.length > maxItems) throw new FieldFault(`must have ${maxItems} names at most`);
  const names = new Map<string, string>();
  for (const each of given) {
    const name = typeof each === 'string' ? each.trim() : '';
    if (name === '' || name.length > maxLength)
      throw new FieldFault(`must be names of 1 to ${maxLength} characters each`);
    if (UNSTORABLE.test(name)) throw new FieldFault('holds characters that cannot be stored');
    if (!names.has(nameKey(name))) names.set(nameKey(name), name);
  }
  return [...names.values()];
}

function dialectOf(value: unknown): Dialect {
  const dialect = DIALECTS.find((candidate) => candidate === value);
  if (!dialect) throw new FieldFault(`must be one of ${DIALECTS.join(', ')}`);
  return dialect;
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
    throw new FieldFault(`must be 0 for never, or a whole number from ${SHORTEST_SILENCE} to ${maximum}`);
  return seconds;
}
