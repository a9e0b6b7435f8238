interface Line {
  running: number;
  /** In the order in which they came; each begins one piece of work. */
  waiting: (() => void)[];
}

/**
 * Runs a set number of pieces of work at once. Those that wait are taken in turn from one key after the other, so that
 * the work of one key waits for one piece of each other key at most, however many pieces the others have. One key never
 * holds all places: a third of them, and one at least where there are two, is left for other keys.
 */
export class FairQueue {
  private running = 0;
  private readonly mostOfOne: number;
  /** Keys with work, those first whose turn comes first. */
  private readonly lines = new Map<string, Line>();

  /** @param limit pieces of work that run at once */
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
