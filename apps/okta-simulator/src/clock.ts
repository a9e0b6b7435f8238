import { setTimeout as sleep } from 'node:timers/promises';

/** What time it is, and how a pause is spent: tests give one that does not wait. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  sleep(seconds: number): Promise<unknown>;
}

/** The machine's clock. A pause does not keep the process alive. */
export const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  sleep: (seconds) => sleep(seconds * 1000, undefined, { ref: false }),
};
