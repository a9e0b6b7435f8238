import { Inject, Injectable } from '@nestjs/common';
import { Database, PeriodicWorker } from '@tidegate/database';
import { type Logger } from '@tidegate/observability';
import { GATEWAY_CONFIG, type GatewayConfig, LOGGER } from '../config/config.js';
import { DAY_MS, HOUR_MS } from '../config/durations.js';
import { integrationIds } from '../integrations/integrations.queries.js';
import { firstIdAt } from './id-time.rule.js';
import { deleteEntries } from './provisioning-log.queries.js';

const BATCH = 1_000;

/** Deletes entries of the provisioning log after the retention period, in batches. */
@Injectable()
export class Retention {
  readonly worker: PeriodicWorker;

  constructor(
    private readonly database: Database,
    @Inject(LOGGER) logger: Logger,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {
    const run = (signal: AbortSignal) => this.deleteExpired(new Date(), signal);
    this.worker = new PeriodicWorker({ name: 'provisioning-log-retention', everyMs: HOUR_MS, run, logger });
  }

  /** Deletes the expired entries of all integrations. @param signal ends it early when aborted */
  async deleteExpired(now: Date, signal?: AbortSignal): Promise<void> {
    const before = firstIdAt(new Date(now.getTime() - this.config.provisioningLogDays * DAY_MS));
    for (const id of await this.database.unscoped((tx) => integrationIds(tx, undefined)))
      while (!signal?.aborted && (await this.deleteBatch(id, before)) === BATCH);
  }

  private deleteBatch(integrationId: string, before: string): Promise<number> {
    return this.database.inIntegration(integrationId, (tx) => deleteEntries(tx, integrationId, before, BATCH));
  }
}
