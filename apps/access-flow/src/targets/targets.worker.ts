import { Database, enterIntegration, recordEvents, type Tx, Loop, POLL_MS } from '@tidegate/database';
import { acceptTrace, type Logger, withRequestId } from '@tidegate/observability';
import { Inject, Injectable } from '@nestjs/common';
import { WakeSignal } from '../common/wake-signal.js';
import { desired } from '../grants/grant.rule.js';
import { confirmGrants, readStatuses, grantEvent } from '../grants/grants.queries.js';
import { SCHEMA } from '../common/schema.js';
import { LOGGER } from '../common/tokens.js';
import { TARGETS, type Targets } from '../grants/target.js';
import {
  claimTargetWork,
  finishTargetWork,
  postponeTargetWork,
  type TargetWork,
} from '../grants/target-work.queries.js';

/** Memberships that one process handles at a time. */
const CONCURRENCY = 2;
/** A revocation that is unconfirmed for this long is logged as an error. */
const ERROR_AFTER_SECONDS = 30;

/** Applies grants to targets, and sets the status of grants when targets confirm. */
@Injectable()
export class TargetsWorker {
  private readonly loops: Loop[];

  constructor(
    private readonly database: Database,
    @Inject(TARGETS) private readonly targets: Targets,
    @Inject(LOGGER) private readonly logger: Logger,
    wakeSignal: WakeSignal,
  ) {
    const onFault = (err: unknown) => this.logger.warn({ err }, 'Failed to poll the target work');
    this.loops = Array.from({ length: CONCURRENCY }, () => new Loop(() => this.drain().then(() => POLL_MS), onFault));
    wakeSignal.onWake(() => this.loops.forEach((loop) => loop.wake()));
  }

  start(): void {
    this.loops.forEach((loop) => loop.start());
  }

  /** Waits for running work; other work stays in its table. */
  async stop(): Promise<void> {
    await Promise.all(this.loops.map((loop) => loop.stop()));
  }

  /** Processes all due work. */
  async drain(): Promise<void> {
    while (!this.loops[0]?.isStopped && (await this.processNext()));
  }

  /**
   * Applies one membership in one transaction, or delays it if its target fails.
   * @returns false without due work
   * @throws if the database fails
   */
  async processNext(): Promise<boolean> {
    const claimed: { work?: TargetWork } = {};
    try {
      return await this.database.unscoped(async (tx) => {
        const work = await claimTargetWork(tx);
        if (!work) return false;
        claimed.work = work;
        await enterIntegration(tx, work.integrationId);
        await withCauseOf(work, () => this.apply(tx, work));
        return true;
      });
    } catch (error) {
      if (!claimed.work) throw error;
      await this.delay(claimed.work, error);
      return true;
    }
  }

  private async apply(tx: Tx, work: TargetWork): Promise<void> {
    const target = this.targets.find(({ name }) => name === work.target);
    if (!target) throw new Error(`unknown target ${work.target}`);
    const { statuses, isActive } = await readStatuses(tx, work);
    const goal = desired(statuses, isActive);
    await target.apply(tx, work, goal);
    const activated = goal === 'present' ? await confirmGrants(tx, work, 'active') : [];
    // Grants that are revoking end even if another grant keeps the membership.
    const ended = await confirmGrants(tx, work, 'ended');
    const { requestId, actor } = work;
    const cause = { requestId, actor };
    await recordEvents(tx, SCHEMA, [
      ...activated.map((grant) => grantEvent('grant.activated', grant, cause)),
      ...ended.map((grant) => grantEvent('grant.ended', grant, cause)),
    ]);
    await finishTargetWork(tx, work);
  }

  private async delay(work: TargetWork, error: unknown): Promise<void> {
    const reason = (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, 500);
    const ageSeconds = await this.database.unscoped((tx) => postponeTargetWork(tx, work, reason));
    const overdue = work.urgent && ageSeconds >= ERROR_AFTER_SECONDS;
    const { target, integrationId, groupId, userId, urgent, attempts } = work;
    withCauseOf(work, () =>
      this.logger[overdue ? 'error' : 'warn'](
        { err: error, target, integrationId, groupId, userId, urgent, attempts: attempts + 1, ageSeconds },
        overdue ? 'A revocation is not confirmed by its target' : 'A target failed to apply a membership',
      ),
    );
  }
}

/** Runs `run` with the request id and trace of the change that added the work. */
function withCauseOf<T>({ requestId, traceparent, tracestate }: TargetWork, run: () => T): T {
  return withRequestId(requestId, run, acceptTrace(traceparent, tracestate));
}
