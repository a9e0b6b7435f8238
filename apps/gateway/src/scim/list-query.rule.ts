import { type ScimListQuery } from '@tidegate/contracts';
import { ScimError } from '@tidegate/scim';

type Query = Readonly<Record<string, unknown>>;

/** Okta pages by 100 (okta-scim, "Retrieve all users"); more than 200 at once nobody needs. */
const DEFAULT_COUNT = 100;
const MAX_COUNT = 200;
const MAX_INDEX = 2_147_483_647;

/**
 * What a list asks (RFC 7644 §3.4.2): values below the range mean its beginning, as the RFC says.
 * @throws ScimError invalidValue for what is no integer or is given twice
 */
export function listQuery(query: Query): ScimListQuery {
  const filter = single(query, 'filter');
  return {
    ...(filter === undefined ? {} : { filter }),
    startIndex: clamp(integer(query, 'startIndex', 1), 1, MAX_INDEX),
    count: clamp(integer(query, 'count', DEFAULT_COUNT), 0, MAX_COUNT),
  };
}

/** @returns a query parameter that may be given once. @throws ScimError invalidValue */
export function single(query: Query, name: string): string | undefined {
  const value = query[name];
  if (value === undefined || typeof value === 'string') return value;
  throw new ScimError('invalidValue', `"${name}" is given more than once.`);
}

function integer(query: Query, name: string, byDefault: number): number {
  const text = single(query, name);
  if (text === undefined) return byDefault;
  if (!/^-?\d{1,15}$/.test(text)) throw new ScimError('invalidValue', `"${name}" must be an integer.`);
  return Number(text);
}

const clamp = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most);
