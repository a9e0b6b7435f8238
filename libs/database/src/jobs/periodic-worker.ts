import { type Logger } from '@tidegate/observability';
import { Loop } from '../loop.js';
import { backoffMs } from './backoff.js';

export interface PeriodicWorkerOptions {
  /** For the log. */
  name: string;
  everyMs: number;
  /** Time before the first run. Default 0. */
  delayMs?: number;
  /**
   * Runs in every process, and can run in several at the same time.
   * @param signal is aborted when the worker stops
   * @throws any error; it is logged, and the run is repeated with a back-off
   */
  run: (signal: AbortSignal) => Promise<unknown>;
  logger: Logger;
}

/** Repeats work at an interval. For work that is due at a time, or that one process at a time must do, use a job. */
export class PeriodicWorker {
  private readonly loop: Loop;
  private readonly stopping = new AbortController();
  private failures = 0;

  constructor(private readonly options: PeriodicWorkerOptions) {
    const onFault = () => undefined; // `step` does not throw
    this.loop = new Loop(() => this.step(), onFault);
  }

  start(): void {
    this.loop.start(this.options.delayMs);
  }

  /** Runs now, or again after the current run. Does nothing when the worker is not started. */
  wake(): void {
    this.loop.wake();
  }

  /** Resolves when the current run has ended. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop.stop();
  }

  private async step(): Promise<number> {
    const { name, everyMs, logger, run } = this.options;
    try {
      await run(this.stopping.signal);
      this.failures = 0;
      return everyMs;
    } catch (err) {
      logger.warn({ err, worker: name }, 'Periodic work failed');
      return Math.min(everyMs, backoffMs(this.failures++));
    }
  }
}
