import { type Steps } from './steps.js';

/** Milliseconds that work on something big may hold the event loop at a stretch. */
const SLICE_MS = 2;

interface Job {
  steps: Steps<unknown>;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

/**
 * Runs work in slices of a few milliseconds. Between two slices the event loop serves everything else, and the next slice
 * belongs to the next key: who sends much waits for its own work, and others wait for one slice of it.
 */
export class TimeShare {
  /** Keys with work, those first whose turn comes first. */
  private readonly lines = new Map<string, Job[]>();

  /** @returns what the steps make; @throws what they throw */
  run<T>(key: string, steps: Steps<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const job: Job = { steps, resolve: resolve as Job['resolve'], reject };
      const line = this.lines.get(key);
      if (line) line.push(job);
      else this.lines.set(key, [job]);
      if (this.lines.size === 1 && !line) setImmediate(() => this.slice());
    });
  }

  private slice(): void {
    const [key, line] = this.lines.entries().next().value!;
    this.lines.delete(key);
    if (this.advance(line[0]!)) line.shift();
    if (line.length > 0) this.lines.set(key, line);
    if (this.lines.size > 0) setImmediate(() => this.slice());
  }

  /** @returns whether the job is done */
  private advance({ steps, resolve, reject }: Job): boolean {
    const until = performance.now() + SLICE_MS;
    try {
      do {
        const step = steps.next();
        if (!step.done) continue;
        resolve(step.value);
        return true;
      } while (performance.now() < until);
      return false;
    } catch (error) {
      reject(error);
      return true;
    }
  }
}

/** Of this process: its event loop is one, however many applications run in it. */
export const timeShare = new TimeShare();
