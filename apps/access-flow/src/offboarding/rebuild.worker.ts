import { BEFORE_ALL, systemCause } from '@tidegate/contracts';
import { Database, PeriodicWorker } from '@tidegate/database';
import { CommandClient } from '@tidegate/messaging';
import { type Logger, newRequestId, withRequestId } from '@tidegate/observability';
import { Inject, Injectable } from '@nestjs/common';
import { LOGGER } from '../common/tokens.js';
import { RUN_STEP, type StepContext } from './rebuild-steps.js';
import { type RebuildEntity, STEPS } from './rebuild.entity.js';
import { claimRebuild, finishRebuild, moveRebuild, postponeRebuild, requestOutdated } from './rebuilds.queries.js';

/** Increase it to rebuild the projection of every integration, for example when it needs data that earlier events did not contain. */
export const PROJECTION_VERSION = 1;

const DEADLINE_MS = 20_000;
const EVERY_MS = 2_000;

/** Reads the users and groups of integrations from identity again, page by page, in the background. */
@Injectable()
export class RebuildWorker {
  /** A run finishes the current page when it is stopped; the next start continues after it. */
  readonly worker: PeriodicWorker;

  constructor(
    private readonly database: Database,
    private readonly client: CommandClient,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    const run = (signal: AbortSignal) => this.drain(signal);
    this.worker = new PeriodicWorker({ name: 'rebuild', everyMs: EVERY_MS, run, logger });
  }

  /** Processes rebuilds until none is due. @param signal ends it early, after the current page, when aborted */
  async drain(signal?: AbortSignal): Promise<void> {
    await this.database.unscoped((tx) => requestOutdated(tx, PROJECTION_VERSION, newRequestId()));
    while (!signal?.aborted && (await this.runNext()));
  }

  private async runNext(): Promise<boolean> {
    const rebuild = await this.database.unscoped(claimRebuild);
    if (!rebuild) return false;
    await withRequestId(rebuild.requestId, () => this.run(rebuild));
    return true;
  }

  private async run(rebuild: RebuildEntity): Promise<void> {
    const { integrationId, step, after } = rebuild;
    try {
      if (step === 'users' && after === BEFORE_ALL) this.logger.info({ integrationId }, 'Rebuilding the projection');
      const next = await RUN_STEP[step](this.contextOf(rebuild), after);
      await this.move(rebuild, next);
    } catch (err) {
      this.logger.warn({ err, integrationId, step }, 'A rebuild of the projection failed and will be retried');
      await this.database.unscoped((tx) => postponeRebuild(tx, rebuild));
    }
  }

  private async move(rebuild: RebuildEntity, after: string | null): Promise<void> {
    const step = after === null ? STEPS[STEPS.indexOf(rebuild.step) + 1] : rebuild.step;
    if (step) return this.database.unscoped((tx) => moveRebuild(tx, rebuild, { step, after: after ?? BEFORE_ALL }));
    const isDone = await this.database.unscoped((tx) => finishRebuild(tx, rebuild, PROJECTION_VERSION));
    if (isDone) this.logger.info({ integrationId: rebuild.integrationId }, 'The projection is rebuilt');
  }

  private contextOf({ integrationId, requestId }: RebuildEntity): StepContext {
    const scope = { integrationIds: [integrationId] };
    const cause = systemCause('rebuild', requestId);
    const asking = () => ({
      ...scope,
      requestId,
      deadlineAt: Date.now() + DEADLINE_MS,
      context: { actor: cause.actor },
    });
    return {
      integrationId,
      client: this.client,
      cause,
      asking,
      inside: (work) => this.database.transaction(scope, work),
      apply: async (work) => {
        await this.database.transaction(scope, work);
      },
    };
  }
}
