import { BEFORE_ALL, DEACTIVATIONS_AT_ONCE, type UserState } from '@tidegate/contracts';
import { Database, Loop } from '@tidegate/database';
import { CommandClient } from '@tidegate/messaging';
import { type Logger, type Metrics, newRequestId } from '@tidegate/observability';
import { Inject, Injectable, Optional } from '@nestjs/common';
import { Counter } from 'prom-client';
import { Bell } from '../commands/bell.js';
import { forgetAppliedCommands } from '../commands/writes.js';
import { integrationIds } from '../directory/integrations.queries.js';
import { usersThatMatter } from '../directory/users.queries.js';
import { LOGGER, METRICS, RECONCILE_MS } from '../tokens.js';
import { applyUserState } from './offboarding.js';

const DEADLINE_MS = 5_000;

/**
 * The net under the facts: asks identity about every user whose access or word hangs on being active. A fact that was
 * lost or set aside thus delays a revocation, and does not prevent it.
 */
@Injectable()
export class Reconciler {
  private readonly loop: Loop;
  private readonly missed: Counter;

  constructor(
    private readonly database: Database,
    private readonly client: CommandClient,
    private readonly bell: Bell,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(METRICS) metrics: Metrics,
    @Optional() @Inject(RECONCILE_MS) everyMs = 30_000,
  ) {
    this.missed = new Counter({
      name: 'tidegate_missed_deactivations_total',
      help: 'Users whose leaving was noticed by asking and not by a fact',
      registers: [metrics.registry],
    });
    const onFault = (err: unknown) => this.logger.warn({ err }, 'The users cannot be compared with identity');
    this.loop = new Loop(() => this.reconcileOnce().then(() => everyMs), onFault);
  }

  start(): void {
    this.loop.start();
  }

  async stop(): Promise<void> {
    await this.loop.stop();
  }

  /** Goes once through all integrations. One that cannot be asked about does not keep the others from being asked. */
  async reconcileOnce(): Promise<void> {
    const all = await this.database.unscoped(async (tx) => {
      await forgetAppliedCommands(tx);
      return integrationIds(tx);
    });
    for (const integrationId of all) {
      if (this.loop.isStopped) return;
      try {
        await this.reconcileIntegration(integrationId);
      } catch (err) {
        this.logger.warn({ err, integrationId }, 'The users of an integration cannot be compared with identity');
      }
    }
  }

  private async reconcileIntegration(integrationId: string): Promise<void> {
    const scope = { integrationIds: [integrationId] };
    for (let after = BEFORE_ALL; !this.loop.isStopped;) {
      const users = await this.database.transaction(scope, (tx) =>
        usersThatMatter(tx, integrationId, after, DEACTIVATIONS_AT_ONCE),
      );
      if (users.length === 0) return;
      after = users.at(-1)!.userId;
      const requestId = newRequestId();
      const reply = await this.client.ask(
        'users.deactivations',
        { ...scope, requestId, deadlineAt: Date.now() + DEADLINE_MS, urgent: true },
        { users: users.map(({ userId, deactivations }) => ({ id: userId, deactivations })) },
      );
      const absent = new Set(reply.absent);
      // A user that identity does not have is as good as deleted.
      const gone = users
        .filter((user) => absent.has(user.userId))
        .map((user) => ({ ...user, active: false, deleted: true }));
      const asked = new Set(users.map((user) => user.userId));
      const changed = reply.changed.filter((user) => asked.has(user.userId));
      for (const user of [...changed, ...gone]) await this.apply(integrationId, user, requestId);
    }
  }

  /** A fault with one user does not keep the others from being compared; the next round finds this one again. */
  private async apply(integrationId: string, user: UserState, requestId: string): Promise<void> {
    try {
      await this.offboard(integrationId, user, requestId);
    } catch (err) {
      this.logger.error(
        { err, integrationId, userId: user.userId, requestId },
        'A missed deactivation cannot be applied',
      );
    }
  }

  private async offboard(integrationId: string, user: UserState, requestId: string): Promise<void> {
    const ended = await this.database.transaction({ integrationIds: [integrationId] }, (tx) =>
      applyUserState(tx, integrationId, user, requestId),
    );
    if (ended.grants + ended.requests === 0) return;
    this.bell.ring();
    this.missed.inc();
    this.logger.warn(
      { integrationId, userId: user.userId, ...ended, requestId },
      'A user left and no fact had told it',
    );
  }
}
