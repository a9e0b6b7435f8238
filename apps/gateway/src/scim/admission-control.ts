import { Refusal } from '@tidegate/contracts';

/** What a caller may use of the room. */
export interface Share {
  /** Under whose names it is counted: the first that has room. Never empty. */
  holders: readonly string[];
  /** Such a name may hold one part of so many, whoever else is counted under it. */
  part: number;
}

interface Held {
  calls: number;
  bytes: number;
}

const NOTHING: Held = { calls: 0, bytes: 0 };

/**
 * Bounds the calls that wait for their answer, the memory that their bodies hold meanwhile, and that of answers until they
 * are sent. One holder, as an integration, may hold a part of each, so that there is room left for the others whatever it
 * does.
 */
export class AdmissionControl {
  private all = NOTHING;
  private readonly held = new Map<string, Held>();

  constructor(
    private readonly maxCalls: number,
    private readonly maxBytes: number,
  ) {}

  /**
   * Runs `work` while there is room.
   * @param bytes length of the call's body; 0 needs room for a call only
   * @throws Refusal tooManyRequests when the room, or the share, is full
   */
  async stay<T>(share: Share, bytes: number, work: () => Promise<T>): Promise<T> {
    const fits = (held: Held, part: number) => this.fitsCall(held, part) && this.fitsBytes(held, bytes, part);
    const holder = fits(this.all, 1) ? share.holders.find((name) => fits(this.of(name), share.part)) : undefined;
    if (holder === undefined)
      throw new Refusal('tooManyRequests', 'Too many requests are waiting for their answer. Send this one again.');
    this.count(holder, 1, bytes);
    try {
      return await work();
    } finally {
      this.count(holder, -1, -bytes);
    }
  }

  /** @returns whether an answer of so many bytes fits into the budget, and into the share */
  hasRoom(share: Share, bytes: number): boolean {
    return this.fitsBytes(this.all, bytes, 1) && this.roomy(share, bytes) !== undefined;
  }

  /**
   * Counts the bytes of an answer for as long as it is in memory.
   * @returns ends that; to be called once. Undefined when they do not fit: what is beyond the share counts nowhere, so
   *   that no other caller is refused for it
   */
  hold(share: Share, bytes: number): (() => void) | undefined {
    const holder = this.roomy(share, bytes);
    if (holder === undefined) return undefined;
    this.count(holder, 0, bytes);
    return () => this.count(holder, 0, -bytes);
  }

  private roomy({ holders, part }: Share, bytes: number): string | undefined {
    return holders.find((name) => this.fitsBytes(this.of(name), bytes, part));
  }

  /** Whether one more fits into a part of the room; the part of one place is one place. */
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
