import { Refusal } from '@tidegate/contracts';
import { type RecentKeys } from './recent-keys.js';

/** The pause after a task while other keys have tasks. */
export interface Pause {
  /** Length of the pause as a multiple of the duration of the task. */
  times: number;
  /** Longest pause, in milliseconds. */
  maxMs: number;
}

interface KeyState {
  running: number;
  /** Callbacks that start the queued tasks, oldest first. */
  queue: Set<() => void>;
}

/** Limits how many tasks of one key run at a time. Others wait in a queue, first in, first out. */
export class KeyedSemaphore {
  private readonly states = new Map<string, KeyState>();

  /**
   * @param limit tasks of one key that run at a time
   * @param pause delay before the next task of a key while `recent` has other keys, so that one busy key leaves time for
   *   the others
   * @param recent the keys that had tasks in the last second; shared by several semaphores
   */
  constructor(
    private readonly limit: number,
    private readonly pause?: Pause,
    private readonly recent?: RecentKeys,
  ) {}

  /**
   * Runs a task, after those that wait for the same key.
   * @param deadlineAt milliseconds since 1970: latest start
   * @throws Refusal `deadline` when the task did not start in time; the errors of `work`
   */
  async run<T>(key: string, deadlineAt: number, work: () => Promise<T>): Promise<T> {
    const state = this.states.get(key) ?? { running: 0, queue: new Set() };
    this.states.set(key, state);
    this.recent?.add(key);
    if (state.running < this.limit) state.running += 1;
    else await this.wait(state, deadlineAt);
    const startedAt = performance.now();
    try {
      return await work();
    } finally {
      const pauseMs = this.pauseMs(key, performance.now() - startedAt);
      if (pauseMs > 0) setTimeout(() => this.startNext(key, state), pauseMs).unref();
      else this.startNext(key, state);
    }
  }

  private pauseMs(key: string, tookMs: number): number {
    if (!this.pause || !this.recent?.hasOther(key)) return 0;
    return Math.min(tookMs * this.pause.times, this.pause.maxMs);
  }

  private wait(state: KeyState, deadlineAt: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const begin = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        state.queue.delete(begin);
        reject(new Refusal('deadline', 'Timed out waiting in the queue.'));
      }, deadlineAt - Date.now());
      state.queue.add(begin);
    });
  }

  /** Starts the next queued task, or frees the slot. */
  private startNext(key: string, state: KeyState): void {
    const [next] = state.queue;
    if (next) {
      state.queue.delete(next);
      next();
    } else if (--state.running === 0) this.states.delete(key);
  }
}
