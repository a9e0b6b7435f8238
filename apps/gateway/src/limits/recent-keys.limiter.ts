/** A key is recent for this long after `add`. */
const RECENT_MS = 1000;

/** Tracks whether several keys had tasks in the last second, in all lanes of this process. */
export class RecentKeys {
  private latest = { key: '', at: -Infinity };
  /** The latest task of any other key. */
  private other = { key: '', at: -Infinity };

  add(key: string): void {
    if (key !== this.latest.key) this.other = this.latest;
    this.latest = { key, at: performance.now() };
  }

  /** @returns whether another key had a task in the last second */
  hasOther(key: string): boolean {
    const { at } = key === this.latest.key ? this.other : this.latest;
    return performance.now() - at < RECENT_MS;
  }
}

/** The integrations that sent commands or long bodies to this process in the last second. */
export const recentIntegrations = new RecentKeys();
