import { Refusal } from '@tidegate/contracts';
import { type RecentKeys } from './recent-keys.js';

/** How long a place stays empty after a work while other keys have work too. */
export interface Rest {
  /** As a multiple of the time that the work took. */
  times: number;
  /** The most, in milliseconds. */
  mostMs: number;
}

interface Line {
  running: number;
  /** In the order in which they came; each begins the work of one. */
  waiting: Set<() => void>;
}

/** Lets a set number of works of each kind run at once; the others wait their turn in order. */
export class KeyedSemaphore {
  private readonly lines = new Map<string, Line>();

  /**
   * @param most how many works of one key run at once
   * @param rest while others among `recent` have work too, a place stays empty for this long after each work of a key: a
   *   key that always has more work leaves time to the others, and has all of it when it is alone
   */
  constructor(
    private readonly most: number,
    private readonly rest?: Rest,
    private readonly recent?: RecentKeys,
  ) {}

  /**
   * @param deadlineAt milliseconds since 1970: the turn must have come by then
   * @throws Refusal deadline when it has not, and the work was not begun; whatever `work` throws
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
        reject(new Refusal('deadline', 'Too many calls were before this one.'));
      }, deadlineAt - Date.now());
      line.waiting.add(begin);
    });
  }

  /** The place goes to the next in line, if there is one. */
  private handOn(key: string, line: Line): void {
    const [next] = line.waiting;
    if (next) {
      line.waiting.delete(next);
      next();
    } else if (--line.running === 0) this.lines.delete(key);
  }
}
