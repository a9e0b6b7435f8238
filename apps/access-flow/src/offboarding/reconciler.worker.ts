import { BEFORE_ALL, type Cause, DEACTIVATIONS_AT_ONCE, GROUPS_AT_ONCE, systemCause } from '@tidegate/contracts';
import { Database, PeriodicWorker } from '@tidegate/database';
import { CommandClient } from '@tidegate/messaging';
import { type Logger, type Metrics, newRequestId } from '@tidegate/observability';
import { Inject, Injectable, Optional } from '@nestjs/common';
import { Counter } from 'prom-client';
import { forgetAppliedCommands } from '../common/applied-commands.queries.js';
import { integrationIds } from '../directory/integrations.queries.js';
import { LOGGER, METRICS, RECONCILE_MS } from '../common/tokens.js';
import { type Comparison, GROUPS, USERS } from './comparison.js';
import { recheckApprovers, recheckConditions, recheckExtensions, recheckManagers } from './periodic-checks.js';

const DEADLINE_MS = 5_000;
const AT_ONCE = Math.min(DEACTIVATIONS_AT_ONCE, GROUPS_AT_ONCE);

/**
 * Asks identity regularly about every user and group on which live grants, pending requests or approvers depend. So an event that
 * was lost or became a dead letter delays a revocation, but does not prevent it.
 */
@Injectable()
export class Reconciler {
  readonly worker: PeriodicWorker;
  private readonly missed: Record<Comparison<unknown>['noun'], Counter>;

  constructor(
    private readonly database: Database,
    private readonly client: CommandClient,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(METRICS) metrics: Metrics,
    @Optional() @Inject(RECONCILE_MS) everyMs = 30_000,
  ) {
    const counter = (name: string, help: string) => new Counter({ name, help, registers: [metrics.registry] });
    this.missed = {
      user: counter(
        'tidegate_missed_deactivations_total',
        'Deactivated users found by the reconciler because no event had arrived',
      ),
      group: counter(
        'tidegate_missed_groups_total',
        'Deleted or unsynced groups found by the reconciler because no event had arrived',
      ),
    };
    const run = (signal: AbortSignal) => this.reconcileOnce(signal);
    this.worker = new PeriodicWorker({ name: 'reconciler', everyMs, run, logger });
  }

  /** Compares all integrations once. A failure in one does not stop the others. @param signal ends it early when aborted */
  async reconcileOnce(signal?: AbortSignal): Promise<void> {
    const all = await this.database.unscoped(async (tx) => {
      await forgetAppliedCommands(tx);
      return integrationIds(tx);
    });
    for (const integrationId of all) {
      if (signal?.aborted) return;
      await this.attempt(integrationId, USERS, signal);
      await this.attempt(integrationId, GROUPS, signal);
      await this.recheck(integrationId);
    }
  }

  /** Updates what depends on changes that no event of a request's user or group announces. */
  private async recheck(integrationId: string): Promise<void> {
    const cause = systemCause('reconciliation', newRequestId());
    // The first ends access. Each has a transaction of its own, so that a failure of one does not undo the others.
    for (const check of [recheckConditions, recheckApprovers, recheckManagers, recheckExtensions])
      try {
        await this.database.inIntegration(integrationId, async (tx) => {
          await check(tx, integrationId, cause);
        });
      } catch (err) {
        this.logger.warn({ err, integrationId }, 'Requests and grants of an integration cannot be checked again');
      }
  }

  private async attempt<State>(
    integrationId: string,
    comparison: Comparison<State>,
    signal?: AbortSignal,
  ): Promise<void> {
    try {
      await this.reconcileIntegration(integrationId, comparison, signal);
    } catch (err) {
      this.logger.warn(
        { err, integrationId },
        `The ${comparison.noun}s of an integration cannot be compared with identity`,
      );
    }
  }

  private async reconcileIntegration<State>(
    integrationId: string,
    comparison: Comparison<State>,
    signal?: AbortSignal,
  ): Promise<void> {
    const scope = { integrationIds: [integrationId] };
    for (let after = BEFORE_ALL; !signal?.aborted;) {
      const known = await this.database.transaction(scope, (tx) => comparison.list(tx, integrationId, after, AT_ONCE));
      if (known.length === 0) return;
      after = comparison.idOf(known.at(-1)!);
      const cause = systemCause('reconciliation', newRequestId());
      const { requestId, actor } = cause;
      const asking = { ...scope, requestId, deadlineAt: Date.now() + DEADLINE_MS, urgent: true, context: { actor } };
      for (const state of await comparison.ask(this.client, asking, known))
        await this.apply(integrationId, comparison, state, cause);
    }
  }

  /** A failure with one state does not stop the others; the next round retries it. */
  private async apply<State>(
    integrationId: string,
    comparison: Comparison<State>,
    state: State,
    cause: Cause,
  ): Promise<void> {
    const { noun } = comparison;
    const about = { integrationId, [`${noun}Id`]: comparison.idOf(state), requestId: cause.requestId };
    try {
      const ended = await this.database.inIntegration(integrationId, (tx) =>
        comparison.apply(tx, integrationId, state, cause),
      );
      const { grants, requests } = ended;
      if (grants + requests === 0) return;
      this.missed[noun].inc();
      this.logger.warn(
        { ...about, grants, requests },
        `The reconciler ended access because the event of a ${noun} did not arrive`,
      );
    } catch (err) {
      this.logger.error({ ...about, err }, `The reconciler could not apply the state of a ${noun}`);
    }
  }
}
