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

/** Looks from time to time whether the status of each integration is still what follows from what is known. */
@Injectable()
export class LifecycleWorker implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly loop: Loop;

  constructor(
    private readonly database: Database,
    private readonly counts: CallCounts,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    const onFault = (err: unknown) => this.logger.warn({ err }, 'The status of integrations cannot be reviewed');
    this.loop = new Loop(() => this.reviewOnce().then(() => REVIEW_MS), onFault);
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.loop.stop();
  }

  /** Writes down what this process counted, then reviews every integration. */
  async reviewOnce(): Promise<void> {
    await this.writeCounts();
    const ids = await this.database.unscoped(async (tx) => {
      await forgetChanges(tx);
      return integrationIds(tx, undefined);
    });
    const found = await this.database.transaction({ integrationIds: ids }, async (tx) => {
      await forgetCounts(tx, ids);
      return standings(tx, ids);
    });
    for (const { id } of found.filter((standing) => !isSame(standing, statusOf(standing.observed))))
      await this.review(id);
  }

  /** A fault with one integration does not keep the others from being reviewed. */
  private async review(integrationId: string): Promise<void> {
    try {
      await this.database.transaction({ integrationIds: [integrationId] }, (tx) =>
        reviewStatus(tx, integrationId, systemCause('integration-status', newRequestId())),
      );
    } catch (err) {
      this.logger.warn({ err, integrationId }, 'The status of an integration cannot be reviewed');
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
