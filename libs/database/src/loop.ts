import { newTrace, withTrace } from '@tidegate/observability';

/** The longest rest between two looks: the net under the wake-ups. */
export const POLL_MS = 500;

/** Runs a step again and again, rests as long as the step says, and wakes early when called. */
export class Loop {
  private stopped = false;
  private woken = false;
  private endRest?: () => void;
  private running?: Promise<void>;

  /**
   * @param step one look at the work; answers how many milliseconds to rest after it
   * @param onFault told what a step threw; the loop goes on after a rest
   */
  constructor(
    private readonly step: () => Promise<number>,
    private readonly onFault: (error: unknown) => void,
  ) {}

  /** @param afterMs how long to rest before the first step */
  start(afterMs = 0): void {
    this.running ??= this.run(afterMs);
  }

  wake(): void {
    this.woken = true;
    this.endRest?.();
  }

  /** Resolves when the step in hand is over; no other begins. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.wake();
    await this.running;
  }

  get isStopped(): boolean {
    return this.stopped;
  }

  private async run(afterMs: number): Promise<void> {
    if (afterMs > 0) await this.rest(afterMs);
    while (!this.stopped) {
      this.woken = false;
      let restMs = POLL_MS;
      try {
        restMs = await withTrace(newTrace(), this.step);
      } catch (error) {
        this.onFault(error);
        this.woken = false; // a database that is away does not come back for being asked more often
      }
      await this.rest(restMs);
    }
  }

  private rest(ms: number): Promise<void> {
    if (this.woken || this.stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.endRest?.(), ms);
      this.endRest = () => {
        clearTimeout(timer);
        this.endRest = undefined;
        resolve();
      };
    });
  }
}
