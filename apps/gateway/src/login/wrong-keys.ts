const WINDOW_MS = 60_000;
const MOST_NAMES = 10_000;

/** Counts different wrong keys under names, for a minute from the first. */
export class WrongKeys {
  private readonly entries = new Map<string, { since: number; marks: Set<string> }>();

  /** @param now milliseconds since 1970 */
  count(name: string, now: number): number {
    return this.entryOf(name, now)?.marks.size ?? 0;
  }

  /**
   * @param mark stands for the key: what comes again is no other guess
   * @returns how many there are with this one; undefined when it came before
   */
  add(name: string, mark: string, now: number): number | undefined {
    const entry = this.entryOf(name, now) ?? { since: now, marks: new Set<string>() };
    const isNew = !entry.marks.has(mark);
    entry.marks.add(mark);
    // Deleted first, so that it becomes the youngest: a Map keeps the order of insertion.
    this.entries.delete(name);
    const [oldest] = this.entries.size >= MOST_NAMES ? this.entries.keys() : [];
    if (oldest !== undefined) this.entries.delete(oldest);
    this.entries.set(name, entry);
    return isNew ? entry.marks.size : undefined;
  }

  private entryOf(name: string, now: number) {
    const entry = this.entries.get(name);
    return entry && now - entry.since < WINDOW_MS ? entry : undefined;
  }
}
