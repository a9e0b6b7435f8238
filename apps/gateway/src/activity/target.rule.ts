import { type Target } from './entry.js';
import { type LoggedType } from './operation.rule.js';

/** Bounds the cost of case folding. */
const MAX_CHARACTERS = 1_000;

/**
 * @param id from the path, if any
 * @param body parsed body, which has the name in a create or replace
 * @returns the target of a request that the handler did not report; undefined when it has neither id nor name
 */
export function targetOfRequest(type: LoggedType | null, id: string | undefined, body: unknown): Target | undefined {
  const name = type === null ? undefined : nameIn(type, body);
  if (id === undefined && name === undefined) return undefined;
  return { id, name };
}

function nameIn(type: LoggedType, body: unknown): string | undefined {
  const { userName, displayName } = (body ?? {}) as { userName?: unknown; displayName?: unknown };
  return searchableName(type === 'User' ? userName : displayName);
}

/**
 * @param filter as the client sent it
 * @returns the name that a client looks up before it creates an object, such as `userName eq "x"`; undefined for other filters
 */
export function nameInFilter(type: LoggedType | null, filter: unknown): string | undefined {
  if (type === null || typeof filter !== 'string' || filter.length > 2 * MAX_CHARACTERS) return undefined;
  const [, attribute = '', literal = ''] = /^\s*(\w+) eq ("(?:[^"\\]|\\.)*")\s*$/i.exec(filter) ?? [];
  if (attribute.toLowerCase() !== (type === 'User' ? 'username' : 'displayname')) return undefined;
  try {
    return searchableName(JSON.parse(literal));
  } catch {
    return undefined;
  }
}

/** @returns the name if it is searchable; undefined otherwise */
export function searchableName(name: unknown): string | undefined {
  return typeof name === 'string' && name.length <= MAX_CHARACTERS ? name : undefined;
}
