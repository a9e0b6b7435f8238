/** Days before the end of a key at which it is told in the log. */
export const WARNING_DAYS = [14, 1] as const;

/** `suspended`: a key that made it has ended, or the person who made it may no longer do what it may. */
export const KEY_STATUSES = ['active', 'expiring', 'expired', 'suspended'] as const;
export type KeyStatus = (typeof KEY_STATUSES)[number];

/** What the status of a key follows from. */
export interface KeyState {
  /** By the clock of the database, as everything that decides. */
  end: 'expired' | 'expiring' | null;
  /** Whether every key in its line of makers is in force. */
  rooted: boolean;
  /** Whether the person who made it may still do all that it may; true where there is no such person. */
  covered: boolean;
}

/** @returns how a key stands; it works while it is active or expiring */
export function keyStatus({ end, rooted, covered }: KeyState): KeyStatus {
  if (end === 'expired') return 'expired';
  return rooted && covered ? (end ?? 'active') : 'suspended';
}
