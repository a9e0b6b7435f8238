import { computeRights } from '../auth/identity-rights.rule.js';
import { rolesCover } from '../callers/delegation.rule.js';
import { type Role, type Scope } from '../callers/roles.js';

/** An effective role of a person of a login provider. */
export interface IssuerRole {
  id: string;
  subject: string;
  role: Role;
  /** Null: all. */
  integrationIds: string[] | null;
}

/** An API key whose rights are limited by those of a person of a login provider. */
export interface IssuerKey {
  subject: string;
  /** Null: all. */
  scopes: Scope[] | null;
  /** Null: all. */
  integrationIds: string[] | null;
}

/**
 * No scope is part of the role `member`, so the users of the people do not matter here.
 * @returns how many of the keys the roles before a change cover, and the roles after it do not
 */
export function countStoppedKeys(
  keys: readonly IssuerKey[],
  before: readonly IssuerRole[],
  after: readonly IssuerRole[],
): number {
  return keys.filter((key) => isCovered(key, before) && !isCovered(key, after)).length;
}

function isCovered({ subject, scopes, integrationIds }: IssuerKey, roles: readonly IssuerRole[]): boolean {
  const own = roles.filter((role) => role.subject === subject);
  const rights = computeRights(
    [],
    own.map((each) => ({ role: each.role, reach: each.integrationIds ?? 'all' })),
  );
  return (
    rights !== undefined && rolesCover(rights.roles, { scopes: scopes ?? 'all', integrations: integrationIds ?? 'all' })
  );
}
