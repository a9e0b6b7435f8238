import { newTrace, withTrace } from '@tidegate/observability';

/** The usual pause between two steps, in case a wake-up is missed. */
export const POLL_MS = 500;

/** Runs a step repeatedly. The step returns the pause before the next; `wake` ends a pause early. */
export class Loop {
  private stopped = false;
  private woken = false;
  private endRest?: () => void;
  private running?: Promise<void>;

  /**
   * @param step does one piece of work; returns the pause after it in milliseconds
   * @param onFault receives the error of a step that failed; the loop continues after `POLL_MS`
   */
  constructor(
    private readonly step: () => Promise<number>,
    private readonly onFault: (error: unknown) => void,
  ) {}

  /** @param afterMs pause before the first step, in milliseconds */
  start(afterMs = 0): void {
    this.running ??= this.run(afterMs);
  }

  wake(): void {
    this.woken = true;
    this.endRest?.();
  }

  /** Resolves when the current step has ended. No other step starts. */
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
        this.woken = false; // without a pause, wake-ups would repeat the failing step at once
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
