import { type KeyHolder, type Person } from './caller.js';
import { type Reach, type Scope, SCOPES, within } from './roles.js';

/**
 * Nobody hands on what it does not have itself.
 * @param scopes what a new key is to do
 * @param reach where
 * @returns whether the caller may do all of that there
 */
export function mayHandOn(caller: KeyHolder | Person, scopes: 'all' | readonly Scope[], reach: Reach): boolean {
  if (caller.kind === 'key') {
    const { scopes: own, integrations } = caller;
    return within(reach, integrations) && (own === 'all' || (scopes !== 'all' && scopes.every((s) => own.includes(s))));
  }
  if (scopes === 'all') return within(reach, caller.roles.admin);
  return scopes.every((scope) => within(reach, caller.roles[SCOPES[scope]]));
}
