import { type Target } from './entry.js';
import { type LoggedType } from './operation.rule.js';

/** Longer ones nobody looks for, and to fold them takes time. */
const MOST_CHARACTERS = 1_000;

/**
 * What a call was about that has no answer to tell it.
 * @param id of its path, if there is one
 * @param body as it was parsed: of a create or replace it names the resource
 */
export function targetAsked(type: LoggedType | null, id: string | undefined, body: unknown): Target | undefined {
  const name = type === null ? undefined : nameIn(type, body);
  if (id === undefined && name === undefined) return undefined;
  return { id, name };
}

function nameIn(type: LoggedType, body: unknown): string | undefined {
  const { userName, displayName } = (body ?? {}) as { userName?: unknown; displayName?: unknown };
  return findable(type === 'User' ? userName : displayName);
}

/** @returns the name, if entries can be found by it */
export function findable(name: unknown): string | undefined {
  return typeof name === 'string' && name.length <= MOST_CHARACTERS ? name : undefined;
}
