import { DAY_MS } from '../config/durations.js';
import { InvalidFields } from '../http/invalid-fields.error.js';

/** Longer lifetimes must be requested explicitly as no expiry. */
const LONGEST_LIFE_MS = 3650 * DAY_MS;

/**
 * @param expiresAt null: no expiry; undefined: after `lifeMs`
 * @param now milliseconds since 1970
 * @returns the expiry of a credential; null without one
 * @throws InvalidFields when it is not in the future, or more than ten years ahead
 */
export function endOf(expiresAt: string | null | undefined, now: number, lifeMs: number): Date | null {
  if (expiresAt === null) return null;
  const end = expiresAt === undefined ? now + lifeMs : Date.parse(expiresAt);
  if (end > now && end <= now + LONGEST_LIFE_MS) return new Date(end);
  throw new InvalidFields({ expiresAt: 'must be in the future, at most ten years ahead; null means no expiry' });
}
