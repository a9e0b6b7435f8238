import { GRANT_STATUSES, type GrantStatus } from '@tidegate/contracts';

/** Where a grant may go from each state. Every state before `ended` may be revoked, and `revoking` has one exit. */
const NEXT: Record<GrantStatus, readonly GrantStatus[]> = {
  scheduled: ['activating', 'revoking'],
  activating: ['active', 'revoking'],
  active: ['revoking'],
  revoking: ['ended'],
  ended: [],
};

/** @returns the states from which a grant may become `status`; statements that move grants are bound by them */
export function beforeBecoming(status: GrantStatus): GrantStatus[] {
  return GRANT_STATUSES.filter((from) => NEXT[from].includes(status));
}

/** The states in which a grant holds, or is about to hold, its membership. */
const HOLDING: readonly GrantStatus[] = ['activating', 'active'];

/**
 * Whether the target shall have the membership. Overlapping grants are counted: it stays until the last one ends.
 *
 * @param statuses of all grants of the user in the group
 * @param mayHold whether the user is active; without that nothing is held
 */
export function desired(statuses: readonly GrantStatus[], mayHold: boolean): 'present' | 'absent' {
  return mayHold && statuses.some((status) => HOLDING.includes(status)) ? 'present' : 'absent';
}
