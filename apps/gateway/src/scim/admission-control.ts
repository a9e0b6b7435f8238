import { Refusal } from '@tidegate/contracts';

/** How a caller counts toward the limits. */
export interface Share {
  /** Keys to count the call under; the first with capacity is used. Never empty. */
  holders: readonly string[];
  /** A key may use at most the limit divided by this, including other calls under the key. */
  part: number;
}

interface Held {
  calls: number;
  bytes: number;
}

const NOTHING: Held = { calls: 0, bytes: 0 };

/**
 * Limits the calls in progress, and the memory of their bodies and of unsent responses. Each key, such as an integration,
 * can use only its share of each limit, so that it cannot exhaust the capacity of others.
 */
export class AdmissionControl {
  private all = NOTHING;
  private readonly held = new Map<string, Held>();

  constructor(
    private readonly maxCalls: number,
    private readonly maxBytes: number,
  ) {}

  /**
   * Runs `work` if the limits allow one more call.
   * @param bytes length of the body; with 0 only the number of calls is checked
   * @throws Refusal tooManyRequests when a limit or the share is exhausted; errors of `work`
   */
  async stay<T>(share: Share, bytes: number, work: () => Promise<T>): Promise<T> {
    const fits = (held: Held, part: number) => this.fitsCall(held, part) && this.fitsBytes(held, bytes, part);
    const holder = fits(this.all, 1) ? share.holders.find((name) => fits(this.of(name), share.part)) : undefined;
    if (holder === undefined)
      throw new Refusal('tooManyRequests', 'Too many requests are in progress. Retry this one later.');
    this.count(holder, 1, bytes);
    try {
      return await work();
    } finally {
      this.count(holder, -1, -bytes);
    }
  }

  /** @returns whether the limit and the share have capacity for `bytes` more */
  hasRoom(share: Share, bytes: number): boolean {
    return this.fitsBytes(this.all, bytes, 1) && this.roomy(share, bytes) !== undefined;
  }

  /**
   * Counts `bytes`, even beyond the limits.
   * @returns releases them; call it once
   */
  hold(share: Share, bytes: number): () => void {
    const holder = this.roomy(share, bytes) ?? share.holders[0]!;
    this.count(holder, 0, bytes);
    return () => this.count(holder, 0, -bytes);
  }

  private roomy({ holders, part }: Share, bytes: number): string | undefined {
    return holders.find((name) => this.fitsBytes(this.of(name), bytes, part));
  }

  /** Rounds up, so that each share allows at least one call. */
  private fitsCall({ calls }: Held, part: number): boolean {
    return calls < Math.ceil(this.maxCalls / part);
  }

  private fitsBytes({ bytes }: Held, more: number, part: number): boolean {
    return more === 0 || bytes + more <= this.maxBytes / part;
  }

  private of(holder: string): Held {
    return this.held.get(holder) ?? NOTHING;
  }

  private count(holder: string, calls: number, bytes: number): void {
    const plus = (held: Held): Held => ({ calls: held.calls + calls, bytes: held.bytes + bytes });
    this.all = plus(this.all);
    const own = plus(this.of(holder));
    if (own.calls === 0 && own.bytes === 0) this.held.delete(holder);
    else this.held.set(holder, own);
  }
}
