import { Inject, Injectable } from '@nestjs/common';
import { Database, PeriodicWorker } from '@tidegate/database';
import { type Logger, type Metrics } from '@tidegate/observability';
import { LOGGER, METRICS } from '../config/config.js';
import { HOUR_MS } from '../config/durations.js';
import { secondsUntilKeyExpiry, takeKeyWarnings } from './api-key-expiry.queries.js';

const GAUGES = {
  expirySeconds: ['tidegate_api_key_expiry_seconds', 'Time until the first API key expires'],
} as const;

/** Warns in the log and in a metric before API keys expire. */
@Injectable()
export class ApiKeyExpiry {
  readonly worker: PeriodicWorker;

  constructor(
    private readonly database: Database,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(METRICS) metrics: Metrics,
  ) {
    this.worker = new PeriodicWorker({ name: 'api-key-expiry', everyMs: HOUR_MS, run: () => this.warn(), logger });
    metrics.collect(GAUGES, async () => {
      const seconds = await this.database.unscoped(secondsUntilKeyExpiry);
      return seconds === null ? {} : { expirySeconds: seconds };
    });
  }

  /** Logs the due warnings that no gateway has logged. */
  async warn(): Promise<void> {
    for (const warning of await this.database.unscoped(takeKeyWarnings))
      this.logger.warn(warning, 'API key expires soon');
  }
}
