/** How long after its last turn a key counts as one that has work. */
const RECENT_MS = 1000;

/** Remembers which keys took turns in the last second, over all lanes that share the time of this process. */
export class RecentKeys {
  private latest = { key: '', at: -Infinity };
  /** The latest turn of any other key than that one. */
  private other = { key: '', at: -Infinity };

  add(key: string): void {
    if (key !== this.latest.key) this.other = this.latest;
    this.latest = { key, at: performance.now() };
  }

  /** @returns whether any other key took a turn in the last second */
  hasOther(key: string): boolean {
    const { at } = key === this.latest.key ? this.other : this.latest;
    return performance.now() - at < RECENT_MS;
  }
}

/** The integrations that sent commands or long bodies to this process in the last second. */
export const recentIntegrations = new RecentKeys();
