import { type Steps } from './steps.js';

/** Maximum duration of a slice, in milliseconds. */
const SLICE_MS = 2;

interface Job {
  steps: Steps<unknown>;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

/**
 * Runs work in slices of a few milliseconds. Between two slices the event loop handles other work, and the next slice is for
 * the next key. So one key with much work delays another key by one slice only.
 */
export class TimeShare {
  /** Jobs by key; the first key gets the next slice. */
  private readonly lines = new Map<string, Job[]>();

  /** @param key for example the integration. @returns the result of the steps. @throws their errors */
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

  /** Runs one slice of a job. @returns whether the job is done */
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

/** One per process, because all applications in a process share its event loop. */
export const timeShare = new TimeShare();
