import { isUuid } from '@tidegate/contracts';

/**
 * @param allowed the integrations the caller may touch
 * @param asked the one the caller asks for, when it asks for one
 * @returns the integrations to look in: none when the caller asks beyond what it may touch
 */
export function scopeOf(allowed: string[], asked: unknown): string[] {
  if (asked === undefined) return allowed;
  return isUuid(asked) ? allowed.filter((id) => id.toLowerCase() === asked.toLowerCase()) : [];
}
