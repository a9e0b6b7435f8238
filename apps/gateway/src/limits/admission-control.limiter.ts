import { Refusal } from '@tidegate/contracts';

/** How a caller counts toward the limits. */
export interface Share {
  /** Keys to count the call under; the first with capacity is used. Never empty. */
  keys: readonly string[];
  /** A key may use at most the limit divided by this, including other calls under the key. */
  divisor: number;
}

interface Usage {
  calls: number;
  bytes: number;
}

const NO_USAGE: Usage = { calls: 0, bytes: 0 };

/**
 * Limits the calls in progress, and the memory of their bodies and of unsent responses. Each key, such as an integration,
 * can use only its share of each limit, so that it cannot exhaust the capacity of others.
 */
export class AdmissionControl {
  private total = NO_USAGE;
  private readonly usages = new Map<string, Usage>();

  constructor(
    private readonly maxCalls: number,
    private readonly maxBytes: number,
  ) {}

  /**
   * Runs `work` if the limits allow one more call.
   * @param bytes length of the body; with 0 only the number of calls is checked
   * @throws Refusal tooManyRequests when a limit or the share is exhausted; errors of `work`
   */
  async run<T>(share: Share, bytes: number, work: () => Promise<T>): Promise<T> {
    const fits = (usage: Usage, divisor: number) =>
      this.fitsCall(usage, divisor) && this.fitsBytes(usage, bytes, divisor);
    const key = fits(this.total, 1) ? share.keys.find((key) => fits(this.usageOf(key), share.divisor)) : undefined;
    if (key === undefined)
      throw new Refusal('tooManyRequests', 'Too many requests are in progress. Retry this one later.');
    this.count(key, 1, bytes);
    try {
      return await work();
    } finally {
      this.count(key, -1, -bytes);
    }
  }

  /** @returns whether the limit and the share have capacity for `bytes` more */
  hasCapacity(share: Share, bytes: number): boolean {
    return this.fitsBytes(this.total, bytes, 1) && this.keyWithCapacity(share, bytes) !== undefined;
  }

  /**
   * Counts `bytes` until they are released.
   * @returns releases them; call it once. Undefined when the limit or the share has no capacity: nothing is counted then
   */
  reserve(share: Share, bytes: number): (() => void) | undefined {
    return this.hasCapacity(share, bytes) ? this.reserveInShare(share, bytes) : undefined;
  }

  /** Like `reserve`, but beyond the limit as long as the share has capacity. */
  reserveInShare(share: Share, bytes: number): (() => void) | undefined {
    const key = this.keyWithCapacity(share, bytes);
    if (key === undefined) return undefined;
    this.count(key, 0, bytes);
    return () => this.count(key, 0, -bytes);
  }

  private keyWithCapacity({ keys, divisor }: Share, bytes: number): string | undefined {
    return keys.find((key) => this.fitsBytes(this.usageOf(key), bytes, divisor));
  }

  /** Rounds up, so that each share allows at least one call. */
  private fitsCall({ calls }: Usage, divisor: number): boolean {
    return calls < Math.ceil(this.maxCalls / divisor);
  }

  private fitsBytes({ bytes }: Usage, more: number, divisor: number): boolean {
    return more === 0 || bytes + more <= this.maxBytes / divisor;
  }

  private usageOf(key: string): Usage {
    return this.usages.get(key) ?? NO_USAGE;
  }

  private count(key: string, calls: number, bytes: number): void {
    const plus = (usage: Usage): Usage => ({ calls: usage.calls + calls, bytes: usage.bytes + bytes });
    this.total = plus(this.total);
    const own = plus(this.usageOf(key));
    if (own.calls === 0 && own.bytes === 0) this.usages.delete(key);
    else this.usages.set(key, own);
  }
}
