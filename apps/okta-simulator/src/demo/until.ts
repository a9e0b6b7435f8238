import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Polls until a condition is met, since events reach the services asynchronously.
 *
 * @param timeoutSeconds time limit
 * @param everyMilliseconds interval between reads
 * @returns the last value read, also after the timeout
 */
export async function until<T>(
  read: () => Promise<T>,
  isExpected: (value: T) => boolean,
  timeoutSeconds: number,
  everyMilliseconds = 50,
): Promise<T> {
  const end = performance.now() + timeoutSeconds * 1000;
  for (;;) {
    const value = await read();
    if (isExpected(value) || performance.now() >= end) return value;
    await sleep(everyMilliseconds);
  }
}
