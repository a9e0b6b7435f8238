const WINDOW_MS = 60_000;
const MOST = 10;
const MOST_ADDRESSES = 10_000;

/**
 * Counts wrong keys at the form of the login by where they come from, so that nobody can guess on and on. Only that form
 * closes, to that address and for a minute: logins with a provider and calls with a key go on, and so does everybody else.
 */
export class WrongKeys {
  private readonly counts = new Map<string, { since: number; count: number }>();

  /** @param now milliseconds since 1970 */
  tooMany(address: string, now: number): boolean {
    const known = this.counts.get(networkOf(address));
    return known !== undefined && now - known.since < WINDOW_MS && known.count >= MOST;
  }

  add(address: string, now: number): void {
    const network = networkOf(address);
    const known = this.counts.get(network);
    const entry = known && now - known.since < WINDOW_MS ? known : { since: now, count: 0 };
    this.counts.delete(network);
    const [oldest] = this.counts.size >= MOST_ADDRESSES ? this.counts.keys() : [];
    if (oldest !== undefined) this.counts.delete(oldest);
    this.counts.set(network, { ...entry, count: entry.count + 1 });
  }
}

/** Of IPv6 the first half: one host has all addresses of that network (RFC 6177). */
const networkOf = (address: string): string =>
  address.includes(':') && !address.startsWith('::ffff:') ? address.split(':').slice(0, 4).join(':') : address;
