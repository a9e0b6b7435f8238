import { type Person } from '../callers/caller.js';
import { covers, type Reach, type Role, ROLES, union } from '../callers/roles.js';

/** A role, and the integrations where it is the highest role of a person. */
export interface HighestRole {
  role: Role;
  reach: Reach;
}

/** @returns the roles of a person from the highest, without the ones that a higher role includes */
export function highestRoles(roles: Person['roles']): HighestRole[] {
  const found: HighestRole[] = [];
  let covered: Reach = [];
  for (const role of [...ROLES].reverse()) {
    const reach = without(roles[role], covered);
    if (reach.length > 0) found.push({ role, reach });
    covered = union(covered, reach);
  }
  return found;
}

/** A role for all integrations stays one, unless a higher role is for all. */
function without(reach: Reach, covered: Reach): Reach {
  if (covered === 'all') return [];
  return reach === 'all' ? reach : reach.filter((id) => !covers(covered, id));
}
