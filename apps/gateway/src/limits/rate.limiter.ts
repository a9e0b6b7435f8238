import { type RateLimitKey } from './rate-limit-keys.rule.js';
import { evictOldest } from './evict-oldest.js';

/** Maximum number of keys; the least recent is evicted first. */
const MAX_KEYS = 10_000;

/** A fixed-window rate limiter in the memory of this process. */
export class RateLimiter {
  private readonly counts = new Map<string, { since: number; count: number }>();

  /** @param windowMs length of a window, in milliseconds */
  constructor(private readonly windowMs: number) {}

  /**
   * Counts a request under all its keys, unless one has reached its limit: a client over its own limit must not use up the
   * limit that it shares with others.
   * @param now milliseconds since 1970
   * @returns whether the request is allowed
   */
  allow(keys: readonly RateLimitKey[], now: number): boolean {
    const entries = keys.map(({ key, limit }) => ({ key, limit, entry: this.entryOf(key, now) }));
    const isWithin = entries.every(({ limit, entry }) => entry.count < limit);
    for (const { key, entry } of entries) {
      if (isWithin) entry.count += 1;
      // A refused request with a forged key must not evict another key.
      if (entry.count > 0) this.store(key, entry);
    }
    return isWithin;
  }

  private entryOf(key: string, now: number) {
    const entry = this.counts.get(key);
    return entry && now - entry.since < this.windowMs ? entry : { since: now, count: 0 };
  }

  private store(key: string, entry: { since: number; count: number }): void {
    this.counts.delete(key);
    evictOldest(this.counts, MAX_KEYS);
    this.counts.set(key, entry);
  }
}
