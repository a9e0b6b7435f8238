/** Lets through one of each kind in a while: what is repeated without end must not fill a log. */
export class Throttle {
  private readonly lastAt = new Map<string, number>();

  /** @param limit the most kinds that are remembered; the oldest goes first */
  constructor(
    private readonly everyMs: number,
    private readonly limit: number,
  ) {}

  isDue(key: string): boolean {
    const now = performance.now();
    const before = this.lastAt.get(key);
    if (before !== undefined && now - before < this.everyMs) return false;
    // Deleted first, so that it becomes the youngest: a Map keeps the order of insertion.
    this.lastAt.delete(key);
    const [oldest] = this.lastAt.size >= this.limit ? this.lastAt.keys() : [];
    if (oldest !== undefined) this.lastAt.delete(oldest);
    this.lastAt.set(key, now);
    return true;
  }
}
