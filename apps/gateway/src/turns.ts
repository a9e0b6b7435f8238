import { Refusal } from '@tidegate/contracts';

interface Line {
  running: number;
  /** In the order in which they came; each begins the work of one. */
  waiting: Set<() => void>;
}

/** Lets a set number of works of each kind run at once; the others wait their turn in order. */
export class Turns {
  private readonly lines = new Map<string, Line>();

  /**
   * @param most how many works of one key run at once
   * @param mostRestMs a place stays empty after a work for as long as the work took, but no longer than this: then one key
   *   that always has more to do takes half of the time of its places, and others have the rest
   */
  constructor(
    private readonly most: number,
    private readonly mostRestMs = 0,
  ) {}

  /**
   * @param deadlineAt milliseconds since 1970: the turn must have come by then
   * @throws Refusal deadline when it has not, and the work was not begun; whatever `work` throws
   */
  async take<T>(key: string, deadlineAt: number, work: () => Promise<T>): Promise<T> {
    const line = this.lines.get(key) ?? { running: 0, waiting: new Set() };
    this.lines.set(key, line);
    if (line.running < this.most) line.running += 1;
    else await this.wait(line, deadlineAt);
    const startedAt = performance.now();
    try {
      return await work();
    } finally {
      const restMs = Math.min(performance.now() - startedAt, this.mostRestMs);
      if (restMs > 0) setTimeout(() => this.handOn(key, line), restMs).unref();
      else this.handOn(key, line);
    }
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
