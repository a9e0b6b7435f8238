import { evictOldest } from './evict-oldest.js';

/** Caches values for a short time. Concurrent calls share one load. Failures are not cached. */
export class TtlCache<T> {
  private readonly entries = new Map<string, { value: Promise<T>; until: number }>();

  /**
   * @param ttlMs counted from the start of the load
   * @param limit maximum number of entries; the oldest is evicted first
   */
  constructor(
    private readonly ttlMs: number,
    private readonly limit: number,
  ) {}

  /** @returns the cached value, or the result of `load` @throws the errors of `load` */
  get(key: string, load: () => Promise<T>): Promise<T> {
    const now = performance.now();
    const cached = this.entries.get(key);
    if (cached && now < cached.until) return cached.value;
    this.entries.delete(key);
    evictOldest(this.entries, this.limit);
    const entry = { value: load(), until: now + this.ttlMs };
    this.entries.set(key, entry);
    entry.value.catch(() => {
      if (this.entries.get(key) === entry) this.entries.delete(key);
    });
    return entry.value;
  }
}
