import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Database, Loop } from '@tidegate/database';
import { type Logger } from '@tidegate/observability';
import { LOGGER } from '../config/config.js';
import { integrationIds as existing } from '../integrations/integrations.queries.js';
import { deleteExpired } from './states.queries.js';

const BATCH = 500;
const INTERVAL_MS = 60_000;

/** Deletes expired OAuth state. Several gateways can run it concurrently. */
@Injectable()
export class ExpiredStates implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly loop: Loop;

  constructor(
    private readonly database: Database,
    @Inject(LOGGER) logger: Logger,
  ) {
    const onFault = (err: unknown) => logger.warn({ err }, 'Could not delete expired OAuth state');
    this.loop = new Loop(async () => ((await this.deleteSome()) < BATCH ? INTERVAL_MS : 0), onFault);
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  /** Deletes one batch. @returns the number of deleted objects */
  async deleteSome(): Promise<number> {
    const integrationIds = await this.database.unscoped((tx) => existing(tx, undefined));
    return this.database.transaction({ integrationIds }, (tx) => deleteExpired(tx, integrationIds, BATCH));
  }
}
