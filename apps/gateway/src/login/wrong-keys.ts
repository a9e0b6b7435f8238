const WINDOW_MS = 60_000;
const MOST_NAMES = 10_000;

/** Counts wrong keys under names, for a minute from the first. */
export class WrongKeys {
  private readonly counts = new Map<string, { since: number; count: number }>();

  /** @param now milliseconds since 1970 */
  count(name: string, now: number): number {
    const known = this.counts.get(name);
    return known !== undefined && now - known.since < WINDOW_MS ? known.count : 0;
  }

  /** @returns how many there are with this one */
  add(name: string, now: number): number {
    const before = this.count(name, now);
    const since = before > 0 ? this.counts.get(name)!.since : now;
    // Deleted first, so that it becomes the youngest: a Map keeps the order of insertion.
    this.counts.delete(name);
    const [oldest] = this.counts.size >= MOST_NAMES ? this.counts.keys() : [];
    if (oldest !== undefined) this.counts.delete(oldest);
    this.counts.set(name, { since, count: before + 1 });
    return before + 1;
  }
}
