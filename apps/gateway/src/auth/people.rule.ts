import { type Person } from './caller.js';
import { covers, type Reach, type Role, ROLES, union } from './roles.js';

/** Who of an integration's directory an identity is. */
export interface Link {
  integrationId: string;
  userId: string;
  active: boolean;
  /** The user's, when it was last heard whether it is active. */
  version: number;
}

/** A role given to an identity. */
export interface GivenRole {
  role: Role;
  reach: Reach;
}

/** What somebody may do, and as which users. */
export type Standing = Pick<Person, 'roles' | 'users'>;

/**
 * What an identity may do: what it was given, and as the users that it is. A link of one integration neither adds to nor
 * takes from what was given: `endRoles` ends that, for the integration that speaks for the person.
 * @param given the roles that count now
 * @returns undefined when it may not come in
 */
export function standingOf(links: readonly Link[], given: readonly GivenRole[]): Standing | undefined {
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

/** What somebody is who came in with a key that may do everything. */
export const ROOT_STANDING: Standing = {
  roles: { member: 'all', auditor: 'all', admin: 'all' },
  users: {},
};

/** Whether a person administers an integration. */
export const administers = ({ roles }: Person, integrationId: string): boolean => covers(roles.admin, integrationId);
