import { type Logger, type Metrics } from '@tidegate/observability';
import { type Database } from '../database.js';
import { type JobKind } from './job.js';
import { JobMetrics } from './job-metrics.js';
import { KindWorker } from './kind-worker.js';

/** Does the jobs of a service that are due. Any number of processes can run one: jobs are leased. */
export class JobRunner {
  private readonly workers: ReadonlyMap<string, KindWorker>;

  /** @param kinds kinds of jobs of the service's schema, with different names */
  constructor(database: Database, kinds: readonly JobKind[], logger: Logger, metrics: Metrics) {
    const jobMetrics = new JobMetrics(database, kinds, metrics);
    this.workers = new Map(
      kinds.map((kind) => [kind.name, new KindWorker({ database, kind, logger, metrics: jobMetrics })]),
    );
    database.onJobsCommitted((added) => this.wake(...added));
  }

  start(): void {
    for (const worker of this.workers.values()) worker.start();
  }

  /** Aborts the calls of running jobs and waits for their end. Jobs that are not done stay in their table, due. */
  async stop(): Promise<void> {
    await Promise.all([...this.workers.values()].map((worker) => worker.stop()));
  }

  /** Looks for due jobs now. A commit that adds due jobs calls it. @param kinds all when absent */
  wake(...kinds: string[]): void {
    for (const worker of this.of(kinds)) worker.wake();
  }

  /** Does all due jobs, for tests. @param kinds all when absent */
  async drain(...kinds: string[]): Promise<void> {
    await Promise.all(this.of(kinds).map((worker) => worker.drain()));
  }

  private of(kinds: string[]): KindWorker[] {
    return kinds.length === 0 ? [...this.workers.values()] : kinds.flatMap((kind) => this.workers.get(kind) ?? []);
  }
}
