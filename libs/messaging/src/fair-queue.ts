interface Line {
  running: number;
  /** In the order of arrival; each starts one piece of work. */
  waiting: (() => void)[];
}

/**
 * Runs a limited number of pieces of work at the same time. Waiting work is taken from the keys in turn, so work waits for
 * at most one piece of each other key. One key never uses all places: one third, and at least one of two or more, is left
 * for other keys.
 */
export class FairQueue {
  private running = 0;
  private readonly mostOfOne: number;
  /** Keys with work, in the order of their turns. */
  private readonly lines = new Map<string, Line>();

  /** @param limit number of pieces of work that run at the same time */
  constructor(private readonly limit: number) {
    this.mostOfOne = Math.max(1, limit - Math.max(1, Math.floor(limit / 3)));
  }

  /** @returns what `work` returns; @throws what `work` throws */
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const line = this.lines.get(key) ?? { running: 0, waiting: [] };
    this.lines.set(key, line);
    if (line.waiting.length === 0 && this.hasPlaceFor(line)) this.begin(line);
    else await new Promise<void>((resolve) => line.waiting.push(resolve));
    try {
      return await work();
    } finally {
      this.end(key, line);
    }
  }

  private hasPlaceFor({ running }: Line): boolean {
    return this.running < this.limit && running < this.mostOfOne;
  }

  private begin(line: Line): void {
    this.running++;
    line.running++;
  }

  private end(key: string, line: Line): void {
    this.running--;
    line.running--;
    this.lines.delete(key);
    if (line.running + line.waiting.length > 0) this.lines.set(key, line);
    for (const [next, candidate] of this.lines) {
      if (candidate.waiting.length === 0 || !this.hasPlaceFor(candidate)) continue;
      this.lines.delete(next);
      this.lines.set(next, candidate);
      this.begin(candidate);
      return candidate.waiting.shift()!();
    }
  }
}
