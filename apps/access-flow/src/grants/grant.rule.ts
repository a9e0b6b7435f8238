import { GRANT_STATUSES, type GrantStatus } from '@tidegate/contracts';

/** Allowed transitions. A scheduled grant waits for its start. Every status before `revoking` can be revoked; `revoking` can only become `ended`. */
const NEXT: Record<GrantStatus, readonly GrantStatus[]> = {
  scheduled: ['activating', 'revoking'],
  activating: ['active', 'revoking'],
  active: ['revoking'],
  revoking: ['ended'],
  ended: [],
};

/** @returns the statuses from which a grant can become `status`, for the conditions of updates */
export function beforeBecoming(status: GrantStatus): GrantStatus[] {
  return GRANT_STATUSES.filter((from) => NEXT[from].includes(status));
}

/** Statuses in which a grant has, or is about to get, its membership. */
const HOLDING: readonly GrantStatus[] = ['activating', 'active'];

/**
 * Decides whether the target should have the membership. With overlapping grants it stays until the last one ends.
 *
 * @param statuses of all grants of the user in the group
 * @param isActive whether the user is active; inactive users have no memberships
 */
export function desired(statuses: readonly GrantStatus[], isActive: boolean): 'present' | 'absent' {
  return isActive && statuses.some((status) => HOLDING.includes(status)) ? 'present' : 'absent';
}
