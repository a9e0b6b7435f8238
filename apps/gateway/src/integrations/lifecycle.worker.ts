import { systemCause } from '@tidegate/contracts';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Database, Loop } from '@tidegate/database';
import { type Logger, newRequestId } from '@tidegate/observability';
import { LOGGER } from '../config.js';
import { CallCounts } from './call-counts.js';
import { forgetChanges } from './changes.queries.js';
import { integrationIds } from './integrations.queries.js';
import { addCounts, forgetCounts, standings } from './lifecycle.queries.js';
import { statusOf } from './lifecycle.rule.js';
import { isSame, reviewStatus } from './lifecycle.js';

const REVIEW_MS = 10_000;

/** Periodically saves call counts and recomputes the status of each integration. */
@Injectable()
export class LifecycleWorker implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly loop: Loop;

  constructor(
    private readonly database: Database,
    private readonly counts: CallCounts,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    const onFault = (err: unknown) => this.logger.warn({ err }, 'Cannot update the status of integrations');
    this.loop = new Loop(() => this.reviewOnce().then(() => REVIEW_MS), onFault);
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.loop.stop();
  }

  /** Saves the counts of this process, then recomputes all statuses. */
  async reviewOnce(): Promise<void> {
    await this.writeCounts();
    const ids = await this.database.unscoped(async (tx) => {
      await forgetChanges(tx);
      return integrationIds(tx, undefined);
    });
    const snapshots = await this.database.transaction({ integrationIds: ids }, async (tx) => {
      await forgetCounts(tx, ids);
      return standings(tx, ids);
    });
    for (const { id } of snapshots.filter((standing) => !isSame(standing, statusOf(standing.observed))))
      await this.review(id);
  }

  /** Logs errors, so that the other integrations are still updated. */
  private async review(integrationId: string): Promise<void> {
    try {
      await this.database.transaction({ integrationIds: [integrationId] }, (tx) =>
        reviewStatus(tx, integrationId, systemCause('integration-status', newRequestId())),
      );
    } catch (err) {
      this.logger.warn({ err, integrationId }, 'Cannot update the status of an integration');
    }
  }

  private async writeCounts(): Promise<void> {
    const counted = this.counts.take();
    if (counted.size === 0) return;
    try {
      await this.database.transaction({ integrationIds: [...counted.keys()] }, (tx) => addCounts(tx, counted));
    } catch (error) {
      this.counts.giveBack(counted);
      throw error;
    }
  }
}
