/** Days before the expiry of a key when a warning is logged. */
export const WARNING_DAYS = [14, 1] as const;

/** `suspended`: a key in its chain of creators is not valid, or its creator no longer has the rights of the key. */
export const KEY_STATUSES = ['active', 'expiring', 'expired', 'suspended'] as const;
export type KeyStatus = (typeof KEY_STATUSES)[number];

/** Input of `keyStatus`. */
export interface KeyState {
  /** By the clock of the database. */
  end: 'expired' | 'expiring' | null;
  /** Whether all keys in its chain of creators are valid. */
  rooted: boolean;
  /** Whether the person at the start of the chain has all rights of the key; true without a person. */
  covered: boolean;
}

/** @returns the status of a key; it is accepted while `active` or `expiring` */
export function keyStatus({ end, rooted, covered }: KeyState): KeyStatus {
  if (end === 'expired') return 'expired';
  return rooted && covered ? (end ?? 'active') : 'suspended';
}
