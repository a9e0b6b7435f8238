import { evictOldest } from './evict-oldest.js';

/** Allows one event per key and interval, for example to limit log lines. */
export class Throttle {
  private readonly lastAt = new Map<string, number>();

  /** @param limit maximum number of keys; the oldest is evicted first */
  constructor(
    private readonly everyMs: number,
    private readonly limit: number,
  ) {}

  /** @returns whether the interval of the key has passed; starts a new one if so */
  isDue(key: string): boolean {
    const now = performance.now();
    const before = this.lastAt.get(key);
    if (before !== undefined && now - before < this.everyMs) return false;
    this.lastAt.delete(key);
    evictOldest(this.lastAt, this.limit);
    this.lastAt.set(key, now);
    return true;
  }
}
