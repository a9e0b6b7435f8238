import { BEFORE_ALL, type Cause, DEACTIVATIONS_AT_ONCE, GROUPS_AT_ONCE, systemCause } from '@tidegate/contracts';
import { Database, Loop } from '@tidegate/database';
import { CommandClient } from '@tidegate/messaging';
import { type Logger, type Metrics, newRequestId } from '@tidegate/observability';
import { Inject, Injectable, Optional } from '@nestjs/common';
import { Counter } from 'prom-client';
import { WakeSignal } from '../commands/wake-signal.js';
import { forgetAppliedCommands } from '../commands/writes.js';
import { integrationIds } from '../directory/integrations.queries.js';
import { UndecidableLogger } from '../requests/undecidable.logger.js';
import { LOGGER, METRICS, RECONCILE_MS } from '../tokens.js';
import { type Compared, GROUPS, USERS } from './compared.js';

const DEADLINE_MS = 5_000;
const AT_ONCE = Math.min(DEACTIVATIONS_AT_ONCE, GROUPS_AT_ONCE);

/**
 * The net under the events: asks identity about every user whose access or word hangs on being active, and every group
 * that somebody borrows. An event that was lost or set aside thus delays a revocation, and does not prevent it.
 */
@Injectable()
export class Reconciler {
  private readonly loop: Loop;
  private readonly missed: Record<Compared<unknown>['noun'], Counter>;

  constructor(
    private readonly database: Database,
    private readonly client: CommandClient,
    private readonly wakeSignal: WakeSignal,
    private readonly undecidableLogger: UndecidableLogger,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(METRICS) metrics: Metrics,
    @Optional() @Inject(RECONCILE_MS) everyMs = 30_000,
  ) {
    const counter = (name: string, help: string) => new Counter({ name, help, registers: [metrics.registry] });
    this.missed = {
      user: counter(
        'tidegate_missed_deactivations_total',
        'Users whose leaving was noticed by asking and not by an event',
      ),
      group: counter('tidegate_missed_groups_total', 'Groups whose leaving was noticed by asking and not by an event'),
    };
    const onFault = (err: unknown) => this.logger.warn({ err }, 'The directory cannot be compared with identity');
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
      await this.attempt(integrationId, USERS);
      await this.attempt(integrationId, GROUPS);
    }
  }

  private async attempt<State>(integrationId: string, compared: Compared<State>): Promise<void> {
    try {
      await this.reconcileIntegration(integrationId, compared);
    } catch (err) {
      this.logger.warn(
        { err, integrationId },
        `The ${compared.noun}s of an integration cannot be compared with identity`,
      );
    }
  }

  private async reconcileIntegration<State>(integrationId: string, compared: Compared<State>): Promise<void> {
    const scope = { integrationIds: [integrationId] };
    for (let after = BEFORE_ALL; !this.loop.isStopped;) {
      const known = await this.database.transaction(scope, (tx) => compared.matter(tx, integrationId, after, AT_ONCE));
      if (known.length === 0) return;
      after = compared.idOf(known.at(-1)!);
      const cause = systemCause('reconciliation', newRequestId());
      const { requestId, actor } = cause;
      const asking = { ...scope, requestId, deadlineAt: Date.now() + DEADLINE_MS, urgent: true, context: { actor } };
      for (const state of await compared.ask(this.client, asking, known))
        await this.apply(integrationId, compared, state, cause);
    }
  }

  /** A fault with one does not keep the others from being compared; the next round finds this one again. */
  private async apply<State>(
    integrationId: string,
    compared: Compared<State>,
    state: State,
    cause: Cause,
  ): Promise<void> {
    const { noun } = compared;
    const about = { integrationId, [`${noun}Id`]: compared.idOf(state), requestId: cause.requestId };
    try {
      const ended = await this.database.transaction({ integrationIds: [integrationId] }, (tx) =>
        compared.apply(tx, integrationId, state, cause),
      );
      this.undecidableLogger.log(integrationId, ended.undecidable);
      const { grants, requests } = ended;
      if (grants + requests === 0) return;
      this.wakeSignal.wake();
      this.missed[noun].inc();
      this.logger.warn({ ...about, grants, requests }, `A ${noun} left and no event had told it`);
    } catch (err) {
      this.logger.error({ ...about, err }, `The missed leaving of a ${noun} cannot be applied`);
    }
  }
}
