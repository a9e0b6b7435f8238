import { type Dialect } from './dialects.js';
import { ScimError } from './errors.js';
import { checkJson, isObject, memberOf } from './json.js';
import { expectMessage } from './message-schemas.js';
import { type Projection } from './project.js';
import { DEFAULT_PROFILE } from './schema/profile.js';

/** A search (RFC 7644 §3.4.2, §3.4.3; RFC 9865 §2). Numbers are not checked for their range. */
export type SearchRequest = Projection & {
  filter?: string;
  sortBy?: string;
  sortOrder?: 'ascending' | 'descending';
  startIndex?: number;
  count?: number;
  /** Empty for the first page. */
  cursor?: string;
};

/** Most characters of a list of attributes, which is parsed again for each resource in a response. */
const MAX_NAMES = 4096;

/** Reads a parameter by name; undefined when absent. */
type Read = (name: string) => unknown;

/**
 * Reads the query of a URL. Unknown parameters are ignored, because Entra ID appends flags to every URL
 * (https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility).
 * @throws ScimError invalidValue for duplicate or invalid parameters, invalidCount for an invalid count with a cursor
 */
export function readSearchParameters(query: Readonly<Record<string, unknown>>): SearchRequest {
  const once = (name: string): unknown => {
    if (Array.isArray(query[name])) throw invalidParameter(name, 'appears more than once');
    return query[name];
  };
  return readSearch(once, (value) => (/^-?\d{1,15}$/.test(String(value)) ? Number(value) : undefined), String);
}

/**
 * Reads the body of a POST to `/.search` (RFC 7644 §3.4.3). Names are not case-sensitive; null means absent; unknown
 * members are ignored.
 * @param dialect of the integration: whether `schemas` may be missing
 * @throws ScimError invalidSyntax when it is not a SearchRequest, invalidValue naming an invalid member, invalidCount for
 *   an invalid count with a cursor
 */
export function parseSearchRequest(body: unknown, dialect: Dialect = DEFAULT_PROFILE.dialect): SearchRequest {
  if (!isObject(body)) throw new ScimError('invalidSyntax', 'The body must be a JSON object.');
  checkJson(body);
  expectMessage(dialect, memberOf(body, 'schemas'), SEARCH_URN);
  return readSearch(
    (name) => memberOf(body, name) ?? undefined,
    (value) => (Number.isSafeInteger(value) ? (value as number) : undefined),
    (value, name) => {
      const names = Array.isArray(value) ? value : [value];
      if (!names.every((item) => typeof item === 'string')) throw invalidParameter(name, 'must be an array of strings');
      return names.join(',');
    },
  );
}

const SEARCH_URN = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest';

function readSearch(
  read: Read,
  integerOf: (value: unknown) => number | undefined,
  namesOf: (value: unknown, name: string) => string,
): SearchRequest {
  const stringOf = (name: string): string | undefined => {
    const value = read(name);
    if (value === undefined || typeof value === 'string') return value;
    throw invalidParameter(name, 'must be a string');
  };
  const integer = (name: string, refused: () => ScimError): number | undefined => {
    const value = read(name);
    if (value === undefined) return undefined;
    const given = integerOf(value);
    if (given === undefined) throw refused();
    return given;
  };
  const names = (name: string): string | undefined => {
    const value = read(name);
    const list = value === undefined ? undefined : namesOf(value, name);
    if (list && list.length > MAX_NAMES) throw invalidParameter(name, `can have at most ${MAX_NAMES} characters`);
    return list;
  };
  const cursor = stringOf('cursor');
  return assigned({
    attributes: names('attributes'),
    excludedAttributes: names('excludedAttributes'),
    filter: stringOf('filter'),
    sortBy: stringOf('sortBy'),
    sortOrder: sortOrder(stringOf('sortOrder')),
    // A cursor determines the start of the page, so `startIndex` is ignored.
    startIndex:
      cursor === undefined
        ? integer('startIndex', () => invalidParameter('startIndex', 'must be an integer'))
        : undefined,
    count: integer('count', () =>
      cursor === undefined ? invalidParameter('count', 'must be an integer') : invalidCount(),
    ),
    cursor,
  });
}

/** The error of RFC 9865 §2.1 for an invalid `count` with a cursor. */
export const invalidCount = (): ScimError => new ScimError('invalidCount', '"count" must be a positive integer.');

function sortOrder(given: string | undefined): SearchRequest['sortOrder'] {
  const order = given?.toLowerCase();
  if (order === undefined || order === 'ascending' || order === 'descending') return order;
  throw invalidParameter('sortOrder', 'must be ascending or descending');
}

const invalidParameter = (name: string, what: string): ScimError => new ScimError('invalidValue', `"${name}" ${what}.`);

const assigned = (request: { [name in keyof SearchRequest]: SearchRequest[name] | undefined }): SearchRequest =>
  Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined));
