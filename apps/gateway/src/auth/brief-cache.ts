/** Remembers answers for a moment; questions asked at once share one answer. Failures are not remembered. */
export class BriefCache<T> {
  private readonly entries = new Map<string, { answer: Promise<T>; until: number }>();

  /**
   * @param lifeMs counted from the question, so that an answer is never older than this
   * @param limit the most entries kept; the oldest goes first
   */
  constructor(
    private readonly lifeMs: number,
    private readonly limit: number,
  ) {}

  get(key: string, ask: () => Promise<T>): Promise<T> {
    const now = performance.now();
    const known = this.entries.get(key);
    if (known && now < known.until) return known.answer;
    // Deleted first, so that it becomes the youngest: a Map keeps the order of insertion.
    this.entries.delete(key);
    const [oldest] = this.entries.size >= this.limit ? this.entries.keys() : [];
    if (oldest !== undefined) this.entries.delete(oldest);
    const entry = { answer: ask(), until: now + this.lifeMs };
    this.entries.set(key, entry);
    entry.answer.catch(() => {
      if (this.entries.get(key) === entry) this.entries.delete(key);
    });
    return entry.answer;
  }
}
