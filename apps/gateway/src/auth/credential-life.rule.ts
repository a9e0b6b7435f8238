import { InvalidFields } from '../http/invalid-fields.js';

export const DAY_MS = 86_400_000;
/** Whoever wants it longer wants it without an end, and should say so. */
const LONGEST_LIFE_MS = 3650 * DAY_MS;

/**
 * When a credential ends.
 * @param expiresAt null: never; after the usual life when absent
 * @param now milliseconds since 1970
 * @throws InvalidFields when the end is not ahead, or so far that none was meant
 */
export function endOf(expiresAt: string | null | undefined, now: number, lifeMs: number): Date | null {
  if (expiresAt === null) return null;
  const end = expiresAt === undefined ? now + lifeMs : Date.parse(expiresAt);
  if (end > now && end <= now + LONGEST_LIFE_MS) return new Date(end);
  throw new InvalidFields({ expiresAt: 'must be ahead, by ten years at most; null means never' });
}
