import { type Cause, systemCause } from '@tidegate/contracts';
import { Inject, Injectable } from '@nestjs/common';
import { Database, PeriodicWorker } from '@tidegate/database';
import { type Logger, newRequestId } from '@tidegate/observability';
import { LOGGER } from '../config/config.js';
import { integrationIds } from '../integrations/integrations.queries.js';
import { refreshStatus } from '../integrations/lifecycle.js';
import { countMissedCalls, enabledAgain, saveMissedCalls } from './missed-calls.queries.js';

const EVERY_MS = 10_000;

/** Periodically counts the missed calls of the integrations that were disabled, which cause the status `warning`. */
@Injectable()
export class MissedCallsWorker {
  readonly worker: PeriodicWorker;

  constructor(
    private readonly database: Database,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    const run = () => this.updateOnce();
    this.worker = new PeriodicWorker({ name: 'missed-calls', everyMs: EVERY_MS, run, logger });
  }

  /** Counts once, and recomputes the status of the integrations whose number changed. */
  async updateOnce(): Promise<void> {
    const ids = await this.database.unscoped((tx) => integrationIds(tx, undefined));
    const counted = await this.database.transaction({ integrationIds: ids }, (tx) => enabledAgain(tx, ids));
    const cause = systemCause('integration-status', newRequestId());
    for (const id of counted)
      await this.update(id, cause).catch((err: unknown) =>
        this.logger.warn({ err, integrationId: id }, 'The missed calls of an integration could not be counted'),
      );
  }

  /** In transactions of its own, so that a slow count delays no other integration's. */
  private async update(id: string, cause: Cause): Promise<void> {
    const count = await this.database.inIntegration(id, (tx) => countMissedCalls(tx, id));
    await this.database.inIntegration(id, async (tx) => {
      if (await saveMissedCalls(tx, id, count)) await refreshStatus(tx, id, cause);
    });
  }
}
