import { systemCause } from '@tidegate/contracts';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Database, Loop } from '@tidegate/database';
import { CommandClient } from '@tidegate/messaging';
import { type Logger, newRequestId } from '@tidegate/observability';
import { LOGGER } from '../config.js';
import { integrationIds } from './integrations.queries.js';
import { noteUndecidable } from './lifecycle.queries.js';
import { reviewStatus } from './lifecycle.js';

const EVERY_MS = 10_000;
const DEADLINE_MS = 5_000;

/**
 * Asks access-flow which integrations have pending requests that no one can decide: their status is `warning` as long as
 * they have. While access-flow does not answer, what it said last holds.
 */
@Injectable()
export class UndecidableRequests implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly loop: Loop;

  constructor(
    private readonly database: Database,
    private readonly client: CommandClient,
    @Inject(LOGGER) logger: Logger,
  ) {
    const onFault = (err: unknown) => logger.warn({ err }, 'Requests that no one can decide cannot be counted');
    this.loop = new Loop(() => this.lookOnce().then(() => EVERY_MS), onFault);
  }

  onApplicationBootstrap(): void {
    // Where all services start at once, access-flow does not answer yet.
    this.loop.start(EVERY_MS);
  }

  onApplicationShutdown(): Promise<void> {
    return this.loop.stop();
  }

  /** Asks once about all integrations, and reviews the status of those of which the answer is another. */
  async lookOnce(): Promise<void> {
    const ids = await this.database.unscoped((tx) => integrationIds(tx, undefined));
    const cause = systemCause('integration-status', newRequestId());
    const { requestId, actor } = cause;
    const asking = { integrationIds: ids, requestId, deadlineAt: Date.now() + DEADLINE_MS, context: { actor } };
    const { items } = await this.client.ask('requests.undecidable', asking, {});
    const changed = await this.database.transaction({ integrationIds: ids }, (tx) => noteUndecidable(tx, ids, items));
    for (const id of changed)
      await this.database.transaction({ integrationIds: [id] }, (tx) => reviewStatus(tx, id, cause));
  }
}
