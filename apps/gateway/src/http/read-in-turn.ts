import { atOnce, type Steps, timeShare } from '@tidegate/scim';

/** Bodies up to this length are parsed within a millisecond, so they are not limited. */
export const SHORT_BYTES = 8 * 1024;

/**
 * Runs parsing steps: immediately for short bodies, otherwise time-shared between integrations.
 * @param key the integration
 * @param length bytes of the body
 * @returns the result of the steps; @throws their errors
 */
export async function parseInSteps<T>(key: string, length: number, steps: Steps<T>): Promise<T> {
  return length <= SHORT_BYTES ? atOnce(steps) : timeShare.run(key, steps);
}
