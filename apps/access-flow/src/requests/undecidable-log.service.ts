import { type Logger } from '@tidegate/observability';
import { Inject, Injectable } from '@nestjs/common';
import { LOGGER } from '../common/tokens.js';

const MAX_LOGGED_IDS = 20;

/** Logs requests that no user can decide, only administrators. */
@Injectable()
export class UndecidableLogger {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  /** @param requestIds requests that became undecidable in a committed transaction; with none, nothing is logged */
  log(integrationId: string, requestIds: readonly string[]): void {
    if (requestIds.length === 0) return;
    this.logger.error(
      { integrationId, requests: requestIds.length, accessRequestIds: requestIds.slice(0, MAX_LOGGED_IDS) },
      'Pending requests that only administrators can decide',
    );
  }
}
