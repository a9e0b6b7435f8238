import { setTimeout as delay } from 'node:timers/promises';

export interface WaitOptions {
  timeoutMs?: number;
  intervalMs?: number;
}

/**
 * Repeats a check until it passes. Tests wait only with this function.
 * @param check throws or rejects until its condition is met; can be async
 * @returns the result of the check
 * @throws the last error of the check, after `timeoutMs`
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { timeoutMs = 120_000, intervalMs = 25 }: WaitOptions = {},
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
