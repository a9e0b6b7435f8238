import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown, Optional } from '@nestjs/common';
import { Database, Loop } from '@tidegate/database';
import { isTransient } from '@tidegate/messaging';
import { type Logger, type Metrics } from '@tidegate/observability';
import { LOGGER, METRICS } from '../config.js';
import { type NewEntry } from './entry.js';
import { type Milestone } from './operation.rule.js';
import { insertEntries, type SeenMilestone, upsertMilestones } from './provisioning-log.queries.js';
import { Throttle } from './throttle.js';

/** Injection token: how many entries may wait; for tests. */
export const MOST_WAITING = Symbol('MOST_WAITING');
const MOST_AT_ONCE = 500;
const REST_MS = 500;
/** How late the time may be at which a milestone was last seen: no more than one write is worth it. */
const SEEN_EVERY_MS = 10_000;
const MOST_SEEN = 100_000;
/** A database that does not answer must hold up neither the log nor the end of the process. */
const WRITE_MS = 5_000;

/**
 * Writes the provisioning log behind the answers: entries wait in memory and go to the database many at once. When it
 * does not take them, new ones are dropped and counted: the door does not wait for its log. One integration may have
 * half of the room.
 */
@Injectable()
export class ProvisioningLog implements OnApplicationBootstrap, OnApplicationShutdown {
  private waiting: NewEntry[] = [];
  private readonly own = new Map<string, number>();
  private readonly seen = new Map<string, SeenMilestone>();
  private readonly throttle = new Throttle(SEEN_EVERY_MS, MOST_SEEN);
  private readonly loop: Loop;
  private flushing: Promise<void> | undefined;
  private isFailing = false;

  constructor(
    private readonly database: Database,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(METRICS) private readonly metrics: Metrics,
    @Optional() @Inject(MOST_WAITING) private readonly mostWaiting = 10_000,
  ) {
    this.loop = new Loop(
      () => this.flush().then(() => REST_MS),
      (error) => this.report(error),
    );
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  /** Called when the last call is answered: writes what is left. */
  async onApplicationShutdown(): Promise<void> {
    await this.loop.stop();
    await this.flush().catch((error: unknown) => this.report(error));
    this.drop(this.waiting.length);
  }

  /** Does not throw and does not wait. */
  add(entry: NewEntry): void {
    const own = this.own.get(entry.integrationId) ?? 0;
    if (this.waiting.length >= this.mostWaiting || own >= Math.ceil(this.mostWaiting / 2)) {
      this.metrics.provisioningLogDropped.inc();
      return;
    }
    this.own.set(entry.integrationId, own + 1);
    this.waiting.push(entry);
    if (this.waiting.length === MOST_AT_ONCE) this.loop.wake();
  }

  /** Remembers when something was seen last; like an entry, it is written later. */
  see(integrationId: string, milestones: readonly Milestone[], at: Date): void {
    for (const milestone of milestones) {
      const key = `${integrationId} ${milestone}`;
      if (this.throttle.isDue(key)) this.seen.set(key, { integrationId, milestone, at });
    }
  }

  /** Writes all that waits, one at a time. @throws when the database does not answer: then it waits on */
  flush(): Promise<void> {
    return (this.flushing ??= this.writeAll().finally(() => (this.flushing = undefined)));
  }

  private async writeAll(): Promise<void> {
    while (this.waiting.length + this.seen.size > 0) {
      const entries = this.waiting.slice(0, MOST_AT_ONCE);
      const seen = [...this.seen.values()];
      try {
        await this.write(entries, seen);
        this.isFailing = false;
      } catch (error) {
        if (isTransient(error) || isLate(error)) throw error;
        // What the database refuses now it refuses for ever, and must not hold up what comes after.
        this.report(error);
        this.metrics.provisioningLogDropped.inc(entries.length);
      }
      this.forget(entries, seen);
    }
  }

  private write(entries: readonly NewEntry[], seen: readonly SeenMilestone[]): Promise<void> {
    const integrationIds = [...new Set([...entries, ...seen].map((each) => each.integrationId))];
    return this.database.transaction({ integrationIds, deadlineAt: Date.now() + WRITE_MS }, async (tx) => {
      if (entries.length > 0) await insertEntries(tx, entries);
      if (seen.length > 0) await upsertMilestones(tx, seen);
    });
  }

  private forget(entries: readonly NewEntry[], seen: readonly SeenMilestone[]): void {
    this.waiting.splice(0, entries.length);
    for (const { integrationId } of entries) {
      const left = this.own.get(integrationId)! - 1;
      if (left > 0) this.own.set(integrationId, left);
      else this.own.delete(integrationId);
    }
    for (const milestone of seen) {
      const key = `${milestone.integrationId} ${milestone.milestone}`;
      if (this.seen.get(key) === milestone) this.seen.delete(key);
    }
  }

  private drop(entries: number): void {
    if (entries === 0) return;
    this.metrics.provisioningLogDropped.inc(entries);
    this.logger.warn({ entries }, 'The end of the provisioning log is lost');
    this.waiting = [];
  }

  /** Once until it succeeds again: it is tried twice a second. */
  private report(error: unknown): void {
    if (!this.isFailing) this.logger.warn({ err: error }, 'The provisioning log cannot be written');
    this.isFailing = true;
  }
}

const isLate = (error: unknown): boolean => error instanceof Error && (error as { code?: unknown }).code === 'deadline';
