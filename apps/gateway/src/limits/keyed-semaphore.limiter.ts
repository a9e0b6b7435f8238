import { Refusal } from '@tidegate/contracts';
import { recentIntegrations, type RecentKeys } from './recent-keys.limiter.js';

/** Pause of a permit after a task, while other keys have tasks too. */
export interface Cooldown {
  /** Multiple of the duration of the task. */
  factor: number;
  /** Maximum in milliseconds. */
  maxMs: number;
}

interface KeyState {
  running: number;
  /** In order of arrival; each starts one task. */
  waiting: Set<() => void>;
}

/** Limits concurrent tasks per key; others wait in order of arrival. */
export class KeyedSemaphore {
  private readonly states = new Map<string, KeyState>();

  /**
   * @param max concurrent tasks per key
   * @param cooldown pause after each task while `recent` has other keys, so that their tasks run in between
   * @param recent keys with recent tasks; shared by all semaphores of the process
   */
  constructor(
    private readonly max: number,
    private readonly cooldown?: Cooldown,
    private readonly recent?: RecentKeys,
  ) {}

  /**
   * Runs `work` as soon as the key has a free permit.
   * @param deadlineAt milliseconds since 1970; the latest start
   * @throws Refusal deadline when `work` was not started by then; errors of `work`
   */
  async run<T>(key: string, deadlineAt: number, work: () => Promise<T>): Promise<T> {
    const state = this.states.get(key) ?? { running: 0, waiting: new Set() };
    this.states.set(key, state);
    this.recent?.add(key);
    if (state.running < this.max) state.running += 1;
    else await this.wait(state, deadlineAt);
    const startedAt = performance.now();
    try {
      return await work();
    } finally {
      const cooldownMs = this.cooldownMs(key, performance.now() - startedAt);
      if (cooldownMs > 0) setTimeout(() => this.release(key, state), cooldownMs).unref();
      else this.release(key, state);
    }
  }

  private cooldownMs(key: string, tookMs: number): number {
    if (!this.cooldown || !this.recent?.hasOther(key)) return 0;
    return Math.min(tookMs * this.cooldown.factor, this.cooldown.maxMs);
  }

  private wait(state: KeyState, deadlineAt: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const start = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        state.waiting.delete(start);
        reject(new Refusal('deadline', 'The request waited too long in the queue. Retry it later.'));
      }, deadlineAt - Date.now());
      state.waiting.add(start);
    });
  }

  /** Passes the permit to the next waiting task, if any. */
  private release(key: string, state: KeyState): void {
    const [next] = state.waiting;
    if (next) {
      state.waiting.delete(next);
      next();
    } else if (--state.running === 0) this.states.delete(key);
  }
}

/** @returns a semaphore for each lane, with its cooldown while other integrations send commands */
export function semaphoresByLane<L extends string>(
  lanes: Readonly<Record<L, { concurrency: number; cooldown: Cooldown }>>,
): Readonly<Record<L, KeyedSemaphore>> {
  const entries = Object.entries<{ concurrency: number; cooldown: Cooldown }>(lanes);
  return Object.fromEntries(
    entries.map(([lane, { concurrency, cooldown }]) => [
      lane,
      new KeyedSemaphore(concurrency, cooldown, recentIntegrations),
    ]),
  ) as Record<L, KeyedSemaphore>;
}
