import { acceptTrace, type Logger, traced, withRequestId } from '@tidegate/observability';
import { type Database } from '../database.js';
import { Loop, POLL_MS } from '../loop.js';
import { JOB, JOB_RUN } from './spans.js';
import { type Tx } from '../tx.js';
import { Calls, runSeconds } from './calls.js';
import { type Job, type JobKind, type NextRun } from './job.js';
import { type JobMetrics, type Outcome } from './job-metrics.js';
import { claimJobs, failJob, finishJob, lockLease, untilNextJob } from './jobs.queries.js';

/**
 * Time to begin to settle before another process takes the job over; then its lock prevents that. After a crash, a job waits
 * for at least this time.
 */
const SETTLE_SECONDS = 3;
/** Jobs of a local kind that are claimed in advance, so that not each of many jobs needs a transaction for its claim. */
const LOCAL_BACKLOG = 8;

export interface KindWorkerOptions {
  database: Database;
  kind: JobKind;
  logger: Logger;
  metrics: JobMetrics;
}

/** Claims and does the jobs of one kind. Kinds do not wait for each other, because each has a worker of its own. */
export class KindWorker {
  private readonly loop: Loop;
  private readonly calls: Calls;
  private readonly running = new Set<Promise<void>>();
  /** Leased, and waiting for another job to end. */
  private readonly claimed: Job[] = [];
  /** Whether the last look found no free capacity, so that due jobs may wait for the end of a running one. */
  private isFull = false;

  constructor(private readonly options: KindWorkerOptions) {
    const { kind, logger } = options;
    this.calls = new Calls(kind);
    const onFault = (err: unknown) => logger.warn({ err, kind: kind.name }, 'Failed to claim jobs');
    this.loop = new Loop(() => this.claimSome(), onFault);
  }

  start(): void {
    this.loop.start();
  }

  wake(): void {
    this.loop.wake();
  }

  /** Aborts the running calls and waits for their end. Jobs that are not done stay in their table, due. */
  async stop(): Promise<void> {
    this.calls.abort();
    await this.loop.stop();
    while (this.running.size > 0) await Promise.all(this.running);
  }

  /** Does the jobs that are due, and those that become due meanwhile. */
  async drain(): Promise<void> {
    for (;;) {
      await this.claimSome();
      if (this.running.size === 0) return;
      await Promise.race(this.running);
    }
  }

  /** Claims as many due jobs as this process can do now. @returns milliseconds until the next look */
  private async claimSome(): Promise<number> {
    const { database, kind, logger } = this.options;
    const free = kind.concurrency - this.running.size;
    this.isFull = free <= 0;
    if (this.isFull || this.loop.isStopped) return POLL_MS; // the end of a job wakes the loop
    const { jobs, waitMs } = await database.unscoped((tx) => this.claim(tx, free));
    for (const job of jobs.filter(({ isTakenOver }) => isTakenOver))
      withCauseOf(job, () => logger.warn(fieldsOf(job), 'The lease of a job ran out: it is repeated'));
    this.claimed.push(...jobs);
    this.begin();
    return waitMs;
  }

  private async claim(tx: Tx, free: number) {
    const { database, kind } = this.options;
    const waitMs = await this.untilNext(tx);
    if (waitMs > 0) return { jobs: [], waitMs };
    const count = kind.run ? free : free + LOCAL_BACKLOG;
    const jobs = await claimJobs(tx, database.schema, {
      kind: kind.name,
      count,
      runSeconds: runSeconds(kind),
      settleSeconds: SETTLE_SECONDS,
      perIntegration: kind.concurrencyPerIntegration,
    });
    // Without a job, those that are due wait for the limit of their integration, or are locked.
    if (jobs.length === 0) return { jobs, waitMs: POLL_MS };
    // In this transaction, because each of its own costs as much as the claim.
    return { jobs, waitMs: jobs.length < count ? await this.untilNext(tx) : 0 };
  }

  /** @returns milliseconds until a job can be claimed, at most `POLL_MS` */
  private async untilNext(tx: Tx): Promise<number> {
    const { database, kind } = this.options;
    const untilDue = await untilNextJob(tx, database.schema, kind.name);
    return Math.max(0, Math.min(POLL_MS, Math.ceil(untilDue ?? POLL_MS)));
  }

  private begin(): void {
    const { kind, metrics } = this.options;
    while (this.running.size < kind.concurrency && this.claimed.length > 0) {
      const running = this.work(this.claimed.shift()!).then((outcome) => {
        this.running.delete(running);
        metrics.running.set({ kind: kind.name }, this.running.size);
        this.begin();
        const mayBeDue = this.isFull || outcome !== 'done' || kind.concurrencyPerIntegration !== undefined;
        if (mayBeDue && this.running.size < kind.concurrency) this.loop.wake();
      });
      this.running.add(running);
      metrics.running.set({ kind: kind.name }, this.running.size);
    }
  }

  /** Never rejects. */
  private async work(job: Job): Promise<Outcome> {
    const done = this.options.metrics.duration.startTimer({ kind: job.kind });
    const attempt = () => traced(JOB, job, () => this.attempt(job));
    const outcome = await withCauseOf(job, () => attempt().catch((error: unknown) => this.fail(job, error)));
    done({ outcome });
    return outcome;
  }

  private async attempt(job: Job): Promise<Outcome> {
    const { kind } = this.options;
    let result: unknown;
    try {
      result = await (kind.run ? traced(JOB_RUN, kind.name, () => this.calls.make(job)) : undefined);
    } catch (error) {
      if (!this.calls.isAborted) throw error;
      // Not a failure: without a back-off, the next process repeats the call.
      return this.settle(job, async () => ({ retryInSeconds: 0 }));
    }
    return this.settle(job, (tx) => kind.settle(tx, job, result));
  }

  /** Ends the lease of a job in one transaction with `work`, unless the lease is no longer held. */
  private async settle(job: Job, work: (tx: Tx) => Promise<NextRun | void>): Promise<Outcome> {
    const { database } = this.options;
    const { schema } = database;
    const outcome = await database.inIntegration(job.integrationId, async (tx) => {
      if (!(await lockLease(tx, schema, job))) return 'lost';
      const next = await work(tx);
      return (await finishJob(tx, schema, job, next)) ? 'repeated' : 'done';
    });
    if (outcome === 'lost') this.logLost(job);
    return outcome;
  }

  private async fail(job: Job, error: unknown): Promise<Outcome> {
    const { database, kind, logger } = this.options;
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    try {
      const scope = { integrationIds: [job.integrationId] };
      const failed = await database.transaction(scope, (tx) => failJob(tx, database.schema, job, reason));
      if (!failed) {
        this.logLost(job, error);
        return 'lost';
      }
      const isOverdue = failed.ageSeconds >= kind.alarmAfterSeconds;
      const alarm = kind.alarmMessage?.(job) ?? 'A job is overdue: it fails again and again';
      const message = isOverdue ? alarm : 'A job failed: it is repeated';
      logger[isOverdue ? 'error' : 'warn']({ err: error, ...fieldsOf(job), ...failed }, message);
    } catch (err) {
      logger.warn(
        { err, ...fieldsOf(job), reason },
        'The failure of a job is not stored: it is repeated after its lease',
      );
    }
    return 'failed';
  }

  private logLost(job: Job, err?: unknown): void {
    this.options.logger.warn({ err, ...fieldsOf(job) }, 'A job ended after its lease: its result is ignored');
  }
}

const fieldsOf = ({ kind, integrationId, key, urgent }: Job) => ({ kind, integrationId, jobKey: key, urgent });

/** Runs `work` with the request id and trace of the change that added the job. */
function withCauseOf<T>({ requestId, traceparent, tracestate }: Job, work: () => T): T {
  return withRequestId(requestId, work, acceptTrace(traceparent, tracestate));
}
