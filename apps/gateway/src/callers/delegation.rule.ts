import { type ApiKeyCaller, type Person } from './caller.js';
import { hasScope, SCOPES, isSubset } from './roles.js';

/** The scopes and integrations of a key. */
export type Rights = Pick<ApiKeyCaller, 'scopes' | 'integrations'>;

/**
 * A new key can't exceed its creator's scopes, integrations or lifetime.
 * @param rights rights and expiry of the new key
 * @returns whether the caller can create it
 */
export function canDelegate(caller: ApiKeyCaller | Person, rights: Rights & Pick<ApiKeyCaller, 'expiresAt'>): boolean {
  if (caller.kind === 'person') return rolesCover(caller.roles, rights);
  const { scopes: own, integrations: reach, expiresAt: end } = caller;
  const { scopes, integrations, expiresAt } = rights;
  const inTime = end === null || (expiresAt !== null && expiresAt <= end);
  // A key with all rights is an administrator, so it can also grant the explicit scopes that `all` excludes.
  const inScope =
    scopes === 'all' ? own === 'all' : hasAllRights(caller) || scopes.every((scope) => hasScope(own, scope));
  return inTime && inScope && isSubset(integrations, reach);
}

/** @returns whether the roles of a person include all rights of a key */
export function rolesCover(roles: Person['roles'], { scopes, integrations }: Rights): boolean {
  if (scopes === 'all') return isSubset(integrations, roles.admin);
  return scopes.every((scope) => isSubset(integrations, roles[SCOPES[scope]]));
}

/** @returns whether a caller has all rights in all integrations */
export const hasAllRights = (caller: ApiKeyCaller | Person): boolean =>
  caller.kind === 'person' ? caller.roles.admin === 'all' : caller.scopes === 'all' && caller.integrations === 'all';
