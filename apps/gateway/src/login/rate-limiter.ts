import { type LimitedName } from '../auth/limited-names.rule.js';

/** How many names are remembered; the one that came longest ago is forgotten first. */
const MOST_NAMES = 10_000;

/** Counts requests under names, in windows of a fixed length; kept in the memory of this process. */
export class RateLimiter {
  private readonly counts = new Map<string, { since: number; count: number }>();

  /** @param windowMs length of a window, in milliseconds */
  constructor(private readonly windowMs: number) {}

  /**
   * Counts a request under all of its names, unless it is beyond the limit of one: a client beyond its own limit does not use
   * up the limit that it shares with others.
   * @param now milliseconds since 1970
   * @returns whether it is within the limits
   */
  take(names: readonly LimitedName[], now: number): boolean {
    const entries = names.map(({ name, most }) => ({ name, most, entry: this.entryOf(name, now) }));
    const isWithin = entries.every(({ most, entry }) => entry.count < most);
    for (const { name, entry } of entries) {
      if (isWithin) entry.count += 1;
      // A refused request under a made-up name must not push a count out.
      if (entry.count > 0) this.keep(name, entry);
    }
    return isWithin;
  }

  private entryOf(name: string, now: number) {
    const known = this.counts.get(name);
    return known && now - known.since < this.windowMs ? known : { since: now, count: 0 };
  }

  private keep(name: string, entry: { since: number; count: number }): void {
    // Deleted first, so that it becomes the youngest: a Map keeps the order of insertion.
    this.counts.delete(name);
    const [oldest] = this.counts.size >= MOST_NAMES ? this.counts.keys() : [];
    if (oldest !== undefined) this.counts.delete(oldest);
    this.counts.set(name, entry);
  }
}
