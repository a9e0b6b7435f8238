import { systemCause } from '@tidegate/contracts';
import { Database, enterIntegration, recordEvents, type Tx, Loop, POLL_MS } from '@tidegate/database';
import { type Logger, newRequestId } from '@tidegate/observability';
import { Inject, Injectable } from '@nestjs/common';
import { WakeSignal } from '../commands/wake-signal.js';
import { revokeGrants } from '../grants/revoke.queries.js';
import { expireRequest, requestEvent } from '../requests/requests.queries.js';
import { SCHEMA } from '../schema.js';
import { LOGGER } from '../tokens.js';
import {
  claimDeadline,
  type Deadline,
  postponeDeadline,
  settleDeadline,
  untilNextDeadline,
} from './deadlines.queries.js';

/** While another process holds what is due, looking more often would not help. */
const SHORTEST_REST_MS = 10;

/** Ends grants and requests whose time is over. Their time is the database's clock, never this process's. */
@Injectable()
export class DeadlinesWorker {
  private readonly loop: Loop;

  constructor(
    private readonly database: Database,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly wakeSignal: WakeSignal,
  ) {
    const onFault = (err: unknown) => this.logger.warn({ err }, 'The deadlines cannot be looked at');
    this.loop = new Loop(() => this.look(), onFault);
  }

  start(): void {
    this.loop.start();
  }

  async stop(): Promise<void> {
    await this.loop.stop();
  }

  /** Settles every deadline that has passed. */
  async drain(): Promise<void> {
    while (!this.loop.isStopped && (await this.settleNext()));
  }

  private async look(): Promise<number> {
    await this.drain();
    const next = await this.database.unscoped(untilNextDeadline);
    return Math.min(POLL_MS, Math.max(SHORTEST_REST_MS, Math.ceil(next ?? POLL_MS)));
  }

  private async settleNext(): Promise<boolean> {
    const claimed: { deadline?: Deadline } = {};
    try {
      const settled = await this.database.unscoped(async (tx) => {
        const deadline = await claimDeadline(tx);
        if (!deadline) return false;
        claimed.deadline = deadline;
        await enterIntegration(tx, deadline.integrationId);
        await end(tx, deadline);
        await settleDeadline(tx, deadline);
        return true;
      });
      if (settled) this.wakeSignal.wake();
      return settled;
    } catch (error) {
      const { deadline } = claimed;
      if (!deadline) throw error;
      await this.database.unscoped((tx) => postponeDeadline(tx, deadline));
      this.logger.error({ err: error, kind: deadline.kind, id: deadline.id }, 'A deadline was not met');
      return true;
    }
  }
}

async function end(tx: Tx, { kind, id, integrationId }: Deadline): Promise<void> {
  const cause = systemCause('expiry', newRequestId());
  switch (kind) {
    case 'grant.end':
      await revokeGrants(tx, integrationId, { of: { kind: 'grantThatIsOver', id }, reason: 'expired', cause });
      return;
    case 'request.expire': {
      const expired = await expireRequest(tx, integrationId, id);
      if (expired) await recordEvents(tx, SCHEMA, [requestEvent(expired, cause)]);
    }
  }
}
