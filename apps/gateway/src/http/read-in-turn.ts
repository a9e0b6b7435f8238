import { atOnce, type Steps, timeShare } from '@tidegate/scim';

/** What is no longer is read in a millisecond, and waits for nothing. */
const SMALL_BYTES = 8 * 1024;

/**
 * Reads something that was sent: at once when it is small, else in slices, in turn with what other integrations sent.
 * @param key the integration
 * @param length of the body, in bytes
 * @returns what the steps make; @throws what they throw
 */
export async function readInTurn<T>(key: string, length: number, steps: Steps<T>): Promise<T> {
  return length <= SMALL_BYTES ? atOnce(steps) : timeShare.run(key, steps);
}
