import { type KeyHolder, type Person } from './caller.js';
import { hasScope, SCOPES, within } from './roles.js';

/** What a key may do and where. */
export type Rights = Pick<KeyHolder, 'scopes' | 'integrations'>;

/**
 * Nobody hands on what it does not have itself, or for longer.
 * @param rights what a new key is to do, where, and until when
 * @returns whether the caller may do all of that there
 */
export function mayHandOn(caller: KeyHolder | Person, rights: Rights & Pick<KeyHolder, 'expiresAt'>): boolean {
  if (caller.kind === 'person') return rolesCover(caller.roles, rights);
  const { scopes: own, integrations: reach, expiresAt: end } = caller;
  const { scopes, integrations, expiresAt } = rights;
  const inTime = end === null || (expiresAt !== null && expiresAt <= end);
  // A key that may do everything everywhere is an administrator: it may name a scope that it does not have by itself.
  const inScope = scopes === 'all' ? own === 'all' : mayAll(caller) || scopes.every((scope) => hasScope(own, scope));
  return inTime && inScope && within(integrations, reach);
}

/** @returns whether a person with these roles may do all that a key with these rights may */
export function rolesCover(roles: Person['roles'], { scopes, integrations }: Rights): boolean {
  if (scopes === 'all') return within(integrations, roles.admin);
  return scopes.every((scope) => within(integrations, roles[SCOPES[scope]]));
}

/** Whether a caller may do everything everywhere. */
export const mayAll = (caller: KeyHolder | Person): boolean =>
  caller.kind === 'person' ? caller.roles.admin === 'all' : caller.scopes === 'all' && caller.integrations === 'all';
