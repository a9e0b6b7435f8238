import { Inject, Injectable } from '@nestjs/common';
import { Database, PeriodicWorker } from '@tidegate/database';
import { type Logger } from '@tidegate/observability';
import { LOGGER } from '../config/config.js';
import { integrationIds as existing } from '../integrations/integrations.queries.js';
import { deleteExpired } from './states.queries.js';

const BATCH = 500;
const EVERY_MS = 60_000;

/** Deletes expired OAuth state. Several gateways can run it concurrently. */
@Injectable()
export class ExpiredStates {
  readonly worker: PeriodicWorker;

  constructor(
    private readonly database: Database,
    @Inject(LOGGER) logger: Logger,
  ) {
    const run = async (signal: AbortSignal) => {
      while (!signal.aborted && (await this.deleteSome()) === BATCH);
    };
    this.worker = new PeriodicWorker({ name: 'expired-oauth-state', everyMs: EVERY_MS, run, logger });
  }

  /** Deletes one batch. @returns the number of deleted objects */
  async deleteSome(): Promise<number> {
    const integrationIds = await this.database.unscoped((tx) => existing(tx, undefined));
    return this.database.transaction({ integrationIds }, (tx) => deleteExpired(tx, integrationIds, BATCH));
  }
}
