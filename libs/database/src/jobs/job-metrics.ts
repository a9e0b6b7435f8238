import { type Metrics } from '@tidegate/observability';
import { Gauge, Histogram } from 'prom-client';
import { type Database } from '../database.js';
import { type JobKind } from './job.js';
import { countJobs } from './jobs.queries.js';

/** Buckets in seconds, up to the time limits of remote calls. */
const SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** `repeated`: done, and runs again; or ended because its process stops. `lost`: finished after its lease ran out and was taken over, without effect. */
export type Outcome = 'done' | 'repeated' | 'failed' | 'lost';

/** Metrics of all kinds of jobs of one service. */
export class JobMetrics {
  /** Time from the start of a job to its end. */
  readonly duration: Histogram<'kind' | 'outcome'>;
  /** Jobs in this process. */
  readonly running: Gauge<'kind'>;

  constructor(database: Database, kinds: readonly JobKind[], metrics: Metrics) {
    const registers = [metrics.registry];
    const gauge = (name: string, help: string) =>
      new Gauge({ name: `tidegate_jobs_${name}`, help, labelNames: ['kind'], registers });
    this.duration = new Histogram({
      name: 'tidegate_job_duration_seconds',
      help: 'Duration of jobs',
      labelNames: ['kind', 'outcome'],
      buckets: SECONDS,
      registers,
    });
    this.running = gauge('running', 'Jobs that this process is running');
    const due = gauge('due', 'Jobs that are due and not running');
    const overdue = gauge('overdue', 'Jobs that have been due for too long');
    for (const { name } of kinds) this.running.set({ kind: name }, 0);
    metrics.collect({}, async () => {
      // Absent rather than stale when the database does not respond.
      due.reset();
      overdue.reset();
      for (const counts of await database.unscoped((tx) => countJobs(tx, database.schema, kinds))) {
        due.set({ kind: counts.kind }, counts.due);
        overdue.set({ kind: counts.kind }, counts.overdue);
      }
      return {};
    });
  }
}
