import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Database, Loop } from '@tidegate/database';
import { type Logger, type Metrics } from '@tidegate/observability';
import { LOGGER, METRICS } from '../config/config.js';
import { HOUR_MS } from '../config/durations.js';
import { secondsUntilKeyExpiry, takeKeyWarnings } from './api-key-expiry.queries.js';

const GAUGES = {
  expirySeconds: ['tidegate_api_key_expiry_seconds', 'Time until the first API key expires'],
} as const;

/** Warns in the log and in a metric before API keys expire. */
@Injectable()
export class ApiKeyExpiry implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly loop: Loop;

  constructor(
    private readonly database: Database,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(METRICS) metrics: Metrics,
  ) {
    const onFault = (err: unknown) => logger.warn({ err }, 'Could not check for expiring API keys');
    this.loop = new Loop(() => this.warn().then(() => HOUR_MS), onFault);
    metrics.collect(GAUGES, async () => {
      const seconds = await this.database.unscoped(secondsUntilKeyExpiry);
      return seconds === null ? {} : { expirySeconds: seconds };
    });
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.loop.stop();
  }

  /** Logs the due warnings that no gateway has logged. */
  async warn(): Promise<void> {
    for (const warning of await this.database.unscoped(takeKeyWarnings))
      this.logger.warn(warning, 'API key expires soon');
  }
}
