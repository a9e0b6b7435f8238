import { within } from '@tidegate/observability';
import { type Job, type JobKind } from './job.js';

const DEFAULT_RUN_SECONDS = 30;

/** @returns the longest duration of a call of the kind; 0 for a local kind */
export const runSeconds = (kind: JobKind) => (kind.run ? (kind.runSeconds ?? DEFAULT_RUN_SECONDS) : 0);

/** The calls of `run` of one kind of jobs that are in progress in this process. */
export class Calls {
  /** Not `AbortSignal.any` with a signal that lives as long as the process: it leaks memory (nodejs/node#54614). */
  private readonly inProgress = new Set<AbortController>();
  private aborted = false;

  constructor(private readonly kind: JobKind) {}

  /** Aborts the signals of all calls. No other call starts. */
  abort(): void {
    this.aborted = true;
    for (const call of this.inProgress) call.abort();
  }

  get isAborted(): boolean {
    return this.aborted;
  }

  /** @returns the result of the call; undefined for a local kind. @throws its error; Error when it exceeds its time or is aborted */
  async make(job: Job): Promise<unknown> {
    const { kind } = this;
    if (!kind.run) return;
    if (this.aborted) throw new Error('the process stops');
    const call = new AbortController();
    this.inProgress.add(call);
    try {
      return await within(runSeconds(kind) * 1_000, async () => kind.run!(job, call.signal));
    } catch (error) {
      call.abort(error);
      throw error;
    } finally {
      this.inProgress.delete(call);
    }
  }
}
