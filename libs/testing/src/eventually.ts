import { setTimeout as delay } from 'node:timers/promises';

export interface Patience {
  timeoutMs?: number;
  intervalMs?: number;
}

/**
 * Repeats a check until it passes: the only way tests wait.
 * @param check throws (or rejects) as long as what it looks for is not so; may be async
 * @returns what the check returned when it passed
 * @throws the error of the last try, when the time is over
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { timeoutMs = 120_000, intervalMs = 25 }: Patience = {},
): Promise<T> {
  const giveUpAt = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() >= giveUpAt) throw error;
    }
    await delay(intervalMs);
  }
}
