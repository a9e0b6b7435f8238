import { systemCause } from '@tidegate/contracts';
import { Database, enterIntegration, recordEvents, type Tx, Loop, POLL_MS } from '@tidegate/database';
import { type Logger, newRequestId } from '@tidegate/observability';
import { Inject, Injectable } from '@nestjs/common';
import { WakeSignal } from '../common/wake-signal.js';
import { revokeGrants } from '../grants/revoke.queries.js';
import { expireRequest, requestEvent } from '../requests/requests.queries.js';
import { SCHEMA } from '../common/schema.js';
import { LOGGER } from '../common/tokens.js';
import {
  claimDeadline,
  type Deadline,
  postponeDeadline,
  finishDeadline,
  untilNextDeadline,
} from '../grants/deadlines.queries.js';

/** Minimum delay: a due deadline may be locked by another process. */
const MIN_DELAY_MS = 10;

/** Ends grants and expires requests whose time is over by the database's clock. */
@Injectable()
export class DeadlinesWorker {
  private readonly loop: Loop;

  constructor(
    private readonly database: Database,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly wakeSignal: WakeSignal,
  ) {
    const onFault = (err: unknown) => this.logger.warn({ err }, 'Failed to poll the deadlines');
    this.loop = new Loop(() => this.poll(), onFault);
  }

  start(): void {
    this.loop.start();
  }

  async stop(): Promise<void> {
    await this.loop.stop();
  }

  /** Processes all deadlines that have passed. */
  async drain(): Promise<void> {
    while (!this.loop.isStopped && (await this.processNext()));
  }

  private async poll(): Promise<number> {
    await this.drain();
    const next = await this.database.unscoped(untilNextDeadline);
    return Math.min(POLL_MS, Math.max(MIN_DELAY_MS, Math.ceil(next ?? POLL_MS)));
  }

  private async processNext(): Promise<boolean> {
    const claimed: { deadline?: Deadline } = {};
    try {
      const processed = await this.database.unscoped(async (tx) => {
        const deadline = await claimDeadline(tx);
        if (!deadline) return false;
        claimed.deadline = deadline;
        await enterIntegration(tx, deadline.integrationId);
        await apply(tx, deadline);
        await finishDeadline(tx, deadline);
        return true;
      });
      if (processed) this.wakeSignal.wake();
      return processed;
    } catch (error) {
      const { deadline } = claimed;
      if (!deadline) throw error;
      await this.database.unscoped((tx) => postponeDeadline(tx, deadline));
      this.logger.error({ err: error, kind: deadline.kind, id: deadline.id }, 'A deadline was not met');
      return true;
    }
  }
}

async function apply(tx: Tx, { kind, id, integrationId }: Deadline): Promise<void> {
  const cause = systemCause('expiry', newRequestId());
  switch (kind) {
    case 'grant.end':
      await revokeGrants(tx, integrationId, { subject: { kind: 'expiredGrant', id }, reason: 'expired', cause });
      return;
    case 'request.expire': {
      const expired = await expireRequest(tx, integrationId, id);
      if (expired) await recordEvents(tx, SCHEMA, [requestEvent(expired, cause)]);
    }
  }
}
