import { evictOldest } from './evict-oldest.js';

const WINDOW_MS = 60_000;
const MAX_NAMES = 10_000;

/** Counts distinct wrong keys per client, for a minute from the first. */
export class WrongKeys {
  private readonly entries = new Map<string, { since: number; marks: Set<string> }>();

  /** @returns the count of a client @param now milliseconds since 1970 */
  count(name: string, now: number): number {
    return this.entryOf(name, now)?.marks.size ?? 0;
  }

  /**
   * @param mark identifies the key: a repeated key counts once
   * @returns the new count; undefined for a repeated key
   */
  add(name: string, mark: string, now: number): number | undefined {
    const entry = this.entryOf(name, now) ?? { since: now, marks: new Set<string>() };
    const isNew = !entry.marks.has(mark);
    entry.marks.add(mark);
    this.entries.delete(name);
    evictOldest(this.entries, MAX_NAMES);
    this.entries.set(name, entry);
    return isNew ? entry.marks.size : undefined;
  }

  private entryOf(name: string, now: number) {
    const entry = this.entries.get(name);
    return entry && now - entry.since < WINDOW_MS ? entry : undefined;
  }
}
