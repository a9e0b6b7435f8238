import { Inject, Injectable, Optional } from '@nestjs/common';
import { Database, PeriodicWorker } from '@tidegate/database';
import { isTransient } from '@tidegate/messaging';
import { type Logger, type Metrics } from '@tidegate/observability';
import { Counter } from 'prom-client';
import { LOGGER, METRICS } from '../config/config.js';
import { type NewEntry } from './entry.js';
import { type Milestone } from './operation.rule.js';
import { insertEntries, type SeenMilestone, upsertMilestones } from './provisioning-log.queries.js';
import { Throttle } from '../limits/throttle.limiter.js';

/** Injection token: capacity of the buffer; for tests. */
export const BUFFER_CAPACITY = Symbol('BUFFER_CAPACITY');
const BATCH = 500;
const EVERY_MS = 500;
/** Minimum time between writes of one milestone. */
const MILESTONE_INTERVAL_MS = 10_000;
const MAX_MILESTONES = 100_000;
/** Timeout of a write, so that an unresponsive database does not block the shutdown. */
const WRITE_TIMEOUT_MS = 5_000;

/**
 * Writes the provisioning log asynchronously in batches. When the buffer is full, new entries are dropped and counted, so
 * that SCIM calls never wait for the log. One integration can use half of the buffer.
 */
@Injectable()
export class ProvisioningLog {
  private buffer: NewEntry[] = [];
  private readonly countByIntegration = new Map<string, number>();
  private readonly seen = new Map<string, SeenMilestone>();
  private readonly throttle = new Throttle(MILESTONE_INTERVAL_MS, MAX_MILESTONES);
  private readonly worker: PeriodicWorker;
  private flushing: Promise<void> | undefined;
  private isFailing = false;
  private readonly dropped: Counter;

  constructor(
    private readonly database: Database,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(METRICS) metrics: Metrics,
    @Optional() @Inject(BUFFER_CAPACITY) private readonly capacity = 10_000,
  ) {
    this.dropped = new Counter({
      name: 'tidegate_provisioning_log_dropped_total',
      help: 'Provisioning log entries that were dropped',
      registers: [metrics.registry],
    });
    const run = () => this.flush().catch((error: unknown) => this.report(error));
    this.worker = new PeriodicWorker({ name: 'provisioning-log', everyMs: EVERY_MS, run, logger });
  }

  start(): void {
    this.worker.start();
  }

  /** Writes the remaining entries. Call it after the last response. */
  async stop(): Promise<void> {
    await this.worker.stop();
    await this.flush().catch((error: unknown) => this.report(error));
    this.drop(this.buffer.length);
  }

  /** Adds an entry to the buffer, or drops it when the buffer is full. Does not throw. */
  add(entry: NewEntry): void {
    const count = this.countByIntegration.get(entry.integrationId) ?? 0;
    if (this.buffer.length >= this.capacity || count >= Math.ceil(this.capacity / 2)) {
      this.dropped.inc();
      return;
    }
    this.countByIntegration.set(entry.integrationId, count + 1);
    this.buffer.push(entry);
    if (this.buffer.length === BATCH) this.worker.wake();
  }

  /** Buffers the time of milestones. Does not throw. */
  recordMilestones(integrationId: string, milestones: readonly Milestone[], at: Date): void {
    for (const milestone of milestones) {
      const key = `${integrationId} ${milestone}`;
      if (this.throttle.isDue(key)) this.seen.set(key, { integrationId, milestone, at });
    }
  }

  /** Writes the buffer; concurrent calls share one write. @throws when the database is unavailable: the entries stay */
  flush(): Promise<void> {
    return (this.flushing ??= this.writeAll().finally(() => (this.flushing = undefined)));
  }

  private async writeAll(): Promise<void> {
    while (this.buffer.length + this.seen.size > 0) {
      const entries = this.buffer.slice(0, BATCH);
      const seen = [...this.seen.values()];
      try {
        await this.write(entries, seen);
        this.isFailing = false;
      } catch (error) {
        if (isTransient(error) || isLate(error)) throw error;
        // Retrying would fail again and block later entries.
        this.report(error);
        this.dropped.inc(entries.length);
      }
      this.removeWritten(entries, seen);
    }
  }

  private write(entries: readonly NewEntry[], seen: readonly SeenMilestone[]): Promise<void> {
    const integrationIds = [...new Set([...entries, ...seen].map((each) => each.integrationId))];
    return this.database.transaction({ integrationIds, deadlineAt: Date.now() + WRITE_TIMEOUT_MS }, async (tx) => {
      if (entries.length > 0) await insertEntries(tx, entries);
      if (seen.length > 0) await upsertMilestones(tx, seen);
    });
  }

  private removeWritten(entries: readonly NewEntry[], seen: readonly SeenMilestone[]): void {
    this.buffer.splice(0, entries.length);
    for (const { integrationId } of entries) {
      const left = this.countByIntegration.get(integrationId)! - 1;
      if (left > 0) this.countByIntegration.set(integrationId, left);
      else this.countByIntegration.delete(integrationId);
    }
    for (const milestone of seen) {
      const key = `${milestone.integrationId} ${milestone.milestone}`;
      if (this.seen.get(key) === milestone) this.seen.delete(key);
    }
  }

  private drop(entries: number): void {
    if (entries === 0) return;
    this.dropped.inc(entries);
    this.logger.warn({ entries }, 'Dropped provisioning log entries at shutdown');
    this.buffer = [];
  }

  /** Logs only the first failure until a write succeeds: writes are retried twice a second. */
  private report(error: unknown): void {
    if (!this.isFailing) this.logger.warn({ err: error }, 'Could not write the provisioning log');
    this.isFailing = true;
  }
}

const isLate = (error: unknown): boolean => error instanceof Error && (error as { code?: unknown }).code === 'deadline';
