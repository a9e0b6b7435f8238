import { networkOf } from '../auth/network.rule.js';

/** How many networks are remembered; the one that was counted longest ago is forgotten first. */
const MOST_NETWORKS = 10_000;

/** Counts requests by the network they come from, in windows of a fixed length; kept in the memory of this process. */
export class RateLimiter {
  private readonly counts = new Map<string, { since: number; count: number }>();

  /**
   * @param most requests that one network may make in a window
   * @param windowMs length of a window, in milliseconds
   */
  constructor(
    private readonly most: number,
    private readonly windowMs: number,
  ) {}

  /**
   * Counts a request.
   * @param address as the socket, or a trusted proxy, gives it
   * @param now milliseconds since 1970
   * @returns whether it is within the limit
   */
  take(address: string, now: number): boolean {
    const network = networkOf(address) ?? address;
    const known = this.counts.get(network);
    const entry = known && now - known.since < this.windowMs ? known : { since: now, count: 0 };
    entry.count += 1;
    // Deleted first, so that it becomes the youngest: a Map keeps the order of insertion.
    this.counts.delete(network);
    const [oldest] = this.counts.size >= MOST_NETWORKS ? this.counts.keys() : [];
    if (oldest !== undefined) this.counts.delete(oldest);
    this.counts.set(network, entry);
    return entry.count <= this.most;
  }
}
