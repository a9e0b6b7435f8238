import { Refusal } from '@tidegate/contracts';

interface Held {
  calls: number;
  bytes: number;
}

const NOTHING: Held = { calls: 0, bytes: 0 };

/**
 * Bounds the calls that wait for their answer, the memory that their bodies hold meanwhile, and that of answers until they
 * are sent. One holder, which is an integration or another caller, may hold half of each, so that there is room left for
 * the others whatever it does.
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
   * @param bytes length of the call's body
   * @throws Refusal tooManyRequests when the room, or the integration's half of it, is full
   */
  async stay<T>(integrationId: string, bytes: number, work: () => Promise<T>): Promise<T> {
    const own = this.held.get(integrationId) ?? NOTHING;
    if (!this.fits(this.all, bytes, 1) || !this.fits(own, bytes, 2))
      throw new Refusal('tooManyRequests', 'Too many requests are waiting for their answer. Send this one again.');
    this.count(integrationId, 1, bytes);
    try {
      return await work();
    } finally {
      this.count(integrationId, -1, -bytes);
    }
  }

  /** @returns whether an answer of so many bytes fits into the budget, and into the holder's half of it */
  hasRoom(holder: string, bytes: number): boolean {
    const own = this.held.get(holder) ?? NOTHING;
    return this.all.bytes + bytes <= this.maxBytes && own.bytes + bytes <= this.maxBytes / 2;
  }

  /**
   * Counts the bytes of an answer, whether there is room or not.
   * @returns ends that; to be called once
   */
  hold(holder: string, bytes: number): () => void {
    this.count(holder, 0, bytes);
    return () => this.count(holder, 0, -bytes);
  }

  /** Whether one more fits into a part of the room; the half of one place is one place. */
  private fits({ calls, bytes }: Held, more: number, part: number): boolean {
    return calls < Math.ceil(this.maxCalls / part) && bytes + more <= this.maxBytes / part;
  }

  private count(integrationId: string, calls: number, bytes: number): void {
    const plus = (held: Held): Held => ({ calls: held.calls + calls, bytes: held.bytes + bytes });
    this.all = plus(this.all);
    const own = plus(this.held.get(integrationId) ?? NOTHING);
    if (own.calls === 0 && own.bytes === 0) this.held.delete(integrationId);
    else this.held.set(integrationId, own);
  }
}
