import { systemCause } from '@tidegate/contracts';
import { Inject, Injectable } from '@nestjs/common';
import { Database, PeriodicWorker } from '@tidegate/database';
import { CommandClient } from '@tidegate/messaging';
import { type Logger, newRequestId } from '@tidegate/observability';
import { LOGGER } from '../config/config.js';
import { integrationIds } from './integrations.queries.js';
import { saveUndecidableCounts } from './lifecycle.queries.js';
import { refreshStatus } from './lifecycle.js';

const EVERY_MS = 10_000;
const DEADLINE_MS = 5_000;

/**
 * Periodically asks access-flow for the number of undecidable requests of each integration, which causes the status
 * `warning`. While access-flow does not reply, the last numbers are kept.
 */
@Injectable()
export class UndecidableRequests {
  readonly worker: PeriodicWorker;

  constructor(
    private readonly database: Database,
    private readonly client: CommandClient,
    @Inject(LOGGER) logger: Logger,
  ) {
    const run = () => this.updateOnce();
    // Delayed, because access-flow may start at the same time.
    const times = { everyMs: EVERY_MS, delayMs: EVERY_MS };
    this.worker = new PeriodicWorker({ name: 'undecidable-requests', ...times, run, logger });
  }

  /** Asks once for all integrations, and recomputes the status of those whose number changed. */
  async updateOnce(): Promise<void> {
    const ids = await this.database.unscoped((tx) => integrationIds(tx, undefined));
    const cause = systemCause('integration-status', newRequestId());
    const { requestId, actor } = cause;
    const options = { integrationIds: ids, requestId, deadlineAt: Date.now() + DEADLINE_MS, context: { actor } };
    const { items } = await this.client.ask('requests.undecidable', options, {});
    const changed = await this.database.transaction({ integrationIds: ids }, (tx) =>
      saveUndecidableCounts(tx, ids, items),
    );
    for (const id of changed) await this.database.inIntegration(id, (tx) => refreshStatus(tx, id, cause));
  }
}
