import { type KeyHolder, type Person } from './caller.js';
import { SCOPES, within } from './roles.js';

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
    const inScope = own === 'all' || (scopes !== 'all' && scopes.every((scope) => own.includes(scope)));
    return inTime && inScope && within(integrations, reach);
  }
  if (scopes === 'all') return within(integrations, caller.roles.admin);
  return scopes.every((scope) => within(integrations, caller.roles[SCOPES[scope]]));
}
