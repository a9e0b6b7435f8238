import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Database, Loop } from '@tidegate/database';
import { type Logger } from '@tidegate/observability';
import { LOGGER } from '../config.js';
import { integrationIds as existing } from '../integrations/integrations.queries.js';
import { deleteExpired } from './states.queries.js';

const BATCH = 500;
const REST_MS = 60_000;

/** Deletes what the authorization servers need no longer. Any number of gateways may do it at once. */
@Injectable()
export class ExpiredStates implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly loop: Loop;

  constructor(
    private readonly database: Database,
    @Inject(LOGGER) logger: Logger,
  ) {
    const onFault = (err: unknown) => logger.warn({ err }, 'Expired OAuth state cannot be deleted');
    this.loop = new Loop(async () => ((await this.deleteSome()) < BATCH ? REST_MS : 0), onFault);
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  /** @returns how many were deleted: a batch at most */
  async deleteSome(): Promise<number> {
    const integrationIds = await this.database.unscoped((tx) => existing(tx, undefined));
    return this.database.transaction({ integrationIds }, (tx) => deleteExpired(tx, integrationIds, BATCH));
  }
}
