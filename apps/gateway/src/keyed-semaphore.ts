import { Refusal } from '@tidegate/contracts';
import { type RecentKeys } from './recent-keys.js';

/** Pause of a permit after a task, while other keys have tasks too. */
export interface Rest {
  /** Multiple of the duration of the task. */
  times: number;
  /** Maximum in milliseconds. */
  mostMs: number;
}

interface Line {
  running: number;
  /** In order of arrival; each starts one task. */
  waiting: Set<() => void>;
}

/** Limits concurrent tasks per key; others wait in order of arrival. */
export class KeyedSemaphore {
  private readonly lines = new Map<string, Line>();

  /**
   * @param max concurrent tasks per key
   * @param cooldown pause after each task while `recent` has other keys, so that a busy key leaves time to the others
   * @param recent keys with recent tasks; shared by all semaphores of the process
   */
  constructor(
    private readonly most: number,
    private readonly rest?: Rest,
    private readonly recent?: RecentKeys,
  ) {}

  /**
   * Runs `work` as soon as the key has a free permit.
   * @param deadlineAt milliseconds since 1970; the latest start
   * @throws Refusal deadline when `work` was not started by then; errors of `work`
   */
  async take<T>(key: string, deadlineAt: number, work: () => Promise<T>): Promise<T> {
    const line = this.lines.get(key) ?? { running: 0, waiting: new Set() };
    this.lines.set(key, line);
    this.recent?.add(key);
    if (line.running < this.most) line.running += 1;
    else await this.wait(line, deadlineAt);
    const startedAt = performance.now();
    try {
      return await work();
    } finally {
      const restMs = this.restMs(key, performance.now() - startedAt);
      if (restMs > 0) setTimeout(() => this.handOn(key, line), restMs).unref();
      else this.handOn(key, line);
    }
  }

  private restMs(key: string, tookMs: number): number {
    if (!this.rest || !this.recent?.hasOther(key)) return 0;
    return Math.min(tookMs * this.rest.times, this.rest.mostMs);
  }

  private wait(line: Line, deadlineAt: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const begin = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        line.waiting.delete(begin);
        reject(new Refusal('deadline', 'Timed out waiting in the queue.'));
      }, deadlineAt - Date.now());
      line.waiting.add(begin);
    });
  }

  /** Passes the permit to the next waiting task, if any. */
  private handOn(key: string, line: Line): void {
    const [next] = line.waiting;
    if (next) {
      line.waiting.delete(next);
      next();
    } else if (--line.running === 0) this.lines.delete(key);
  }
}
