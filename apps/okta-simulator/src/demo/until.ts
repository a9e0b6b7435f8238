import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Reads until what was read is as wished: changes reach the services one after the other.
 *
 * @param patienceSeconds when to give up
 * @param everyMilliseconds pause between two readings
 * @returns what was read last, also when the time ran out before it was as wished
 */
export async function until<T>(
  read: () => Promise<T>,
  asWished: (value: T) => boolean,
  patienceSeconds: number,
  everyMilliseconds = 50,
): Promise<T> {
  const end = performance.now() + patienceSeconds * 1000;
  for (;;) {
    const value = await read();
    if (asWished(value) || performance.now() >= end) return value;
    await sleep(everyMilliseconds);
  }
}
