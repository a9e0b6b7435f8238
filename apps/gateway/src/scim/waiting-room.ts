import { Refusal } from '@tidegate/contracts';

/** Bounds the calls that wait for their answer, and the memory that their bodies hold meanwhile. */
export class WaitingRoom {
  private calls = 0;
  private bytes = 0;

  constructor(
    private readonly maxCalls: number,
    private readonly maxBytes: number,
  ) {}

  /**
   * Runs `work` while there is room. What takes access away is never turned away.
   * @param bytes length of the call's body
   * @throws Refusal tooManyRequests when the room is full
   */
  async stay<T>(bytes: number, urgent: boolean, work: () => Promise<T>): Promise<T> {
    if (!urgent && (this.calls >= this.maxCalls || this.bytes + bytes > this.maxBytes))
      throw new Refusal('tooManyRequests', 'Too many requests are waiting for their answer. Send this one again.');
    this.calls += 1;
    this.bytes += bytes;
    try {
      return await work();
    } finally {
      this.calls -= 1;
      this.bytes -= bytes;
    }
  }
}
