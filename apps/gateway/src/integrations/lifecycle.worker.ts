import { systemCause } from '@tidegate/contracts';
import { Inject, Injectable } from '@nestjs/common';
import { Database, PeriodicWorker } from '@tidegate/database';
import { type Logger, newRequestId } from '@tidegate/observability';
import { LOGGER } from '../config/config.js';
import { CallCounts } from './call-counts.service.js';
import { deleteOldChanges } from './changes.queries.js';
import { integrationIds } from './integrations.queries.js';
import { addCounts, deleteOldCounts, statusSnapshots } from './lifecycle.queries.js';
import { statusOf } from './lifecycle.rule.js';
import { isSame, refreshStatus } from './lifecycle.js';

const EVERY_MS = 10_000;

/** Periodically saves call counts and recomputes the status of each integration. */
@Injectable()
export class LifecycleWorker {
  readonly worker: PeriodicWorker;

  constructor(
    private readonly database: Database,
    private readonly counts: CallCounts,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    const run = () => this.updateOnce();
    this.worker = new PeriodicWorker({ name: 'integration-status', everyMs: EVERY_MS, run, logger });
  }

  /** Saves the counts of this process, then recomputes all statuses. */
  async updateOnce(): Promise<void> {
    await this.saveCounts();
    const ids = await this.database.unscoped(async (tx) => {
      await deleteOldChanges(tx);
      return integrationIds(tx, undefined);
    });
    const snapshots = await this.database.transaction({ integrationIds: ids }, async (tx) => {
      await deleteOldCounts(tx, ids);
      return statusSnapshots(tx, ids);
    });
    for (const { id } of snapshots.filter((snapshot) => !isSame(snapshot, statusOf(snapshot.observed))))
      await this.updateStatus(id);
  }

  /** Logs errors, so that the other integrations are still updated. */
  private async updateStatus(integrationId: string): Promise<void> {
    try {
      await this.database.inIntegration(integrationId, (tx) =>
        refreshStatus(tx, integrationId, systemCause('integration-status', newRequestId())),
      );
    } catch (err) {
      this.logger.warn({ err, integrationId }, 'Could not update the status of an integration');
    }
  }

  private async saveCounts(): Promise<void> {
    const counts = this.counts.take();
    if (counts.size === 0) return;
    try {
      await this.database.transaction({ integrationIds: [...counts.keys()] }, (tx) => addCounts(tx, counts));
    } catch (error) {
      this.counts.restore(counts);
      throw error;
    }
  }
}
