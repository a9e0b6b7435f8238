import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Database, Loop } from '@tidegate/database';
import { type Logger } from '@tidegate/observability';
import { GATEWAY_CONFIG, type GatewayConfig, LOGGER } from '../config/config.js';
import { DAY_MS, HOUR_MS } from '../config/durations.js';
import { integrationIds } from '../integrations/integrations.queries.js';
import { firstIdAt } from './id-time.rule.js';
import { deleteEntries } from './provisioning-log.queries.js';

const BATCH = 1_000;

/** Deletes entries of the provisioning log after the retention period, in batches. */
@Injectable()
export class Retention implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly loop: Loop;

  constructor(
    private readonly database: Database,
    @Inject(LOGGER) logger: Logger,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {
    const onFault = (err: unknown) => logger.warn({ err }, 'Could not delete old entries of the provisioning log');
    this.loop = new Loop(() => this.deleteExpired(new Date()).then(() => HOUR_MS), onFault);
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.loop.stop();
  }

  /** Deletes the expired entries of all integrations. */
  async deleteExpired(now: Date): Promise<void> {
    const before = firstIdAt(new Date(now.getTime() - this.config.provisioningLogDays * DAY_MS));
    for (const id of await this.database.unscoped((tx) => integrationIds(tx, undefined)))
      while (!this.loop.isStopped && (await this.deleteBatch(id, before)) === BATCH);
  }

  private deleteBatch(integrationId: string, before: string): Promise<number> {
    return this.database.transaction({ integrationIds: [integrationId] }, (tx) =>
      deleteEntries(tx, integrationId, before, BATCH),
    );
  }
}
