import { Inject, Injectable } from '@nestjs/common';
import { Database, PeriodicWorker } from '@tidegate/database';
import { type Logger, newRequestId } from '@tidegate/observability';
import { LOGGER } from '../config/config.js';
import { Links } from './links.service.js';
import { makersInUse } from './api-key-makers.queries.js';
import { identitiesInUse } from './sessions.queries.js';

const EVERY_MS = 30_000;

/**
 * Checks in the directory whether the persons with a session or API key in use are still active. Ends sessions and keys
 * after a lost or dead-lettered event of `DeactivationsController`.
 */
@Injectable()
export class DeactivationSweep {
  readonly worker: PeriodicWorker;

  constructor(
    private readonly database: Database,
    private readonly links: Links,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    const run = (signal: AbortSignal) => this.sweep(signal);
    this.worker = new PeriodicWorker({ name: 'deactivation-sweep', everyMs: EVERY_MS, run, logger });
  }

  /** Checks all persons once; a failed check is logged and does not stop the others. @param signal ends it early when aborted */
  async sweep(signal?: AbortSignal): Promise<void> {
    const identities = await this.database.unscoped(async (tx) => [
      ...(await identitiesInUse(tx)),
      ...(await makersInUse(tx)),
    ]);
    for (const identity of new Map(identities.map((each) => [JSON.stringify(each), each])).values()) {
      if (signal?.aborted) return;
      const requestId = newRequestId();
      try {
        await this.links.sync(identity, requestId);
      } catch (err) {
        this.logger.warn({ err, requestId }, 'Could not check whether the user of a session or API key is active');
      }
    }
  }
}
