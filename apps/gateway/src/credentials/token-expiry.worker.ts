import { Inject, Injectable } from '@nestjs/common';
import { Database, PeriodicWorker } from '@tidegate/database';
import { type Logger, type Metrics } from '@tidegate/observability';
import { LOGGER, METRICS } from '../config/config.js';
import { HOUR_MS } from '../config/durations.js';
import { integrationIds } from '../integrations/integrations.queries.js';
import { secondsUntilExpiry, takeWarnings } from './token-expiry.queries.js';

const GAUGES = {
  expirySeconds: [
    'tidegate_scim_token_expiry_seconds',
    'Time until the first SCIM token without a replacement expires',
  ],
} as const;

/** Warns of expiring tokens, in the log and by a metric. */
@Injectable()
export class TokenExpiry {
  readonly worker: PeriodicWorker;

  constructor(
    private readonly database: Database,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(METRICS) metrics: Metrics,
  ) {
    this.worker = new PeriodicWorker({ name: 'token-expiry', everyMs: HOUR_MS, run: () => this.warn(), logger });
    metrics.collect(GAUGES, async () => {
      const ids = await this.allIds();
      const seconds = await this.database.transaction({ integrationIds: ids }, (tx) => secondsUntilExpiry(tx, ids));
      return seconds === null ? {} : { expirySeconds: seconds };
    });
  }

  /** Logs each due warning that no gateway has logged yet. */
  async warn(): Promise<void> {
    const ids = await this.allIds();
    const due = await this.database.transaction({ integrationIds: ids }, (tx) => takeWarnings(tx, ids));
    for (const { id, integrationId, expiresAt, days } of due)
      this.logger.warn({ integrationId, credentialId: id, expiresAt, days }, 'A SCIM token expires soon');
  }

  private allIds(): Promise<string[]> {
    return this.database.unscoped((tx) => integrationIds(tx, undefined));
  }
}
