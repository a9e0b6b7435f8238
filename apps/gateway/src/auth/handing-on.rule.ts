import { type KeyHolder, type Person } from './caller.js';
import { hasScope, SCOPES, within } from './roles.js';

/**
 * Nobody hands on what it does not have itself, or for longer.
 * @param rights what a new key is to do, where, and until when
 * @returns whether the caller may do all of that there
 */
export function mayHandOn(
  caller: KeyHolder | Person,
  { scopes, integrations, expiresAt }: Pick<KeyHolder, 'scopes' | 'integrations' | 'expiresAt'>,
): boolean {
  if (caller.kind === 'key') {
    const { scopes: own, integrations: reach, expiresAt: end } = caller;
    const inTime = end === null || (expiresAt !== null && expiresAt <= end);
    // A key that may do everything everywhere is an administrator: it may name a scope that it does not have by itself.
    const isRoot = own === 'all' && reach === 'all';
    const inScope = scopes === 'all' ? own === 'all' : isRoot || scopes.every((scope) => hasScope(own, scope));
    return inTime && inScope && within(integrations, reach);
  }
  if (scopes === 'all') return within(integrations, caller.roles.admin);
  return scopes.every((scope) => within(integrations, caller.roles[SCOPES[scope]]));
}
