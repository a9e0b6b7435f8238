import { setTimeout as sleep } from 'node:timers/promises';

/** Time source; tests replace it with one that does not wait. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  sleep(seconds: number): Promise<unknown>;
}

/** System clock. `sleep` does not keep the process alive. */
export const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  sleep: (seconds) => sleep(seconds * 1000, undefined, { ref: false }),
};
