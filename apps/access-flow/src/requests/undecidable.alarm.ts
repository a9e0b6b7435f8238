import { type Logger } from '@tidegate/observability';
import { Inject, Injectable } from '@nestjs/common';
import { LOGGER } from '../tokens.js';

/** How many ids one line of the log names. */
const NAMED = 20;

/** Tells the operator of requests that wait for nobody: their approvers have left, or the only one is the requester. */
@Injectable()
export class UndecidableAlarm {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  /** @param requestIds those that became so in a transaction that is committed */
  raise(integrationId: string, requestIds: readonly string[]): void {
    if (requestIds.length === 0) return;
    this.logger.error(
      { integrationId, requests: requestIds.length, accessRequestIds: requestIds.slice(0, NAMED) },
      'Pending requests have no approver who can decide them',
    );
  }
}
