import { type Person } from '../callers/caller.js';
import { covers, type Reach, type Role, ROLES, union } from '../callers/roles.js';
import { type IdentityLinkEntity } from './identity-link.entity.js';

/** The user of an identity in one integration. */
export type Link = Pick<IdentityLinkEntity, 'integrationId' | 'userId' | 'active' | 'version'>;

/** A role of an identity. */
export interface GivenRole {
  role: Role;
  reach: Reach;
}

/** The roles and active users of an identity. */
export type IdentityRights = Pick<Person, 'roles' | 'users'>;

/**
 * The rights of an identity: its roles, and `member` in the integrations of its active users. An inactive user does not
 * remove roles here: `endRoles` ends them in the database.
 * @param given the effective roles
 * @returns undefined when it has neither a role nor an active user
 */
export function computeRights(links: readonly Link[], given: readonly GivenRole[]): IdentityRights | undefined {
  const active = links.filter((link) => link.active);
  if (active.length === 0 && given.length === 0) return undefined;
  const linked: Reach = active.map(({ integrationId }) => integrationId);
  const atLeast = (role: Role): Reach =>
    given
      .filter((each) => ROLES.indexOf(each.role) >= ROLES.indexOf(role))
      .reduce<Reach>((reach, each) => union(reach, each.reach), role === 'member' ? linked : []);
  return {
    roles: { member: atLeast('member'), auditor: atLeast('auditor'), admin: atLeast('admin') },
    users: Object.fromEntries(active.map(({ integrationId, userId }) => [integrationId, userId])),
  };
}

/** The rights of a session opened with a root key. */
export const ROOT_RIGHTS: IdentityRights = {
  roles: { member: 'all', auditor: 'all', admin: 'all' },
  users: {},
};

/** @returns whether a person administers an integration */
export const administers = ({ roles }: Person, integrationId: string): boolean => covers(roles.admin, integrationId);
