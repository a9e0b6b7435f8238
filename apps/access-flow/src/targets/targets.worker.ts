import { Database, enterIntegration, recordEvents, type Tx, Loop, POLL_MS } from '@tidegate/database';
import { acceptTrace, type Logger, withRequestId } from '@tidegate/observability';
import { Inject, Injectable } from '@nestjs/common';
import { WakeSignal } from '../commands/wake-signal.js';
import { desired } from '../grants/grant.rule.js';
import { confirmGrants, statusesOf, grantEvent } from '../grants/grants.queries.js';
import { SCHEMA } from '../schema.js';
import { LOGGER, TARGETS, type Targets } from '../tokens.js';
import { claimTargetWork, finishTargetWork, postponeTargetWork, type TargetWork } from './target-work.queries.js';

/** How many memberships one process settles at once. */
const LOOPS = 2;
/** A revocation that the target has not confirmed by then is an alarm. */
const ALARM_AFTER_SECONDS = 30;

/** Puts into effect what the grants say, at the targets, and settles the grants by what the targets confirm. */
@Injectable()
export class TargetsWorker {
  private readonly loops: Loop[];

  constructor(
    private readonly database: Database,
    @Inject(TARGETS) private readonly targets: Targets,
    @Inject(LOGGER) private readonly logger: Logger,
    wakeSignal: WakeSignal,
  ) {
    const onFault = (err: unknown) => this.logger.warn({ err }, 'The work for targets cannot be taken up');
    this.loops = Array.from({ length: LOOPS }, () => new Loop(() => this.drain().then(() => POLL_MS), onFault));
    wakeSignal.onWake(() => this.loops.forEach((loop) => loop.wake()));
  }

  start(): void {
    this.loops.forEach((loop) => loop.start());
  }

  /** Finishes the work in hand; what is left stays in its table. */
  async stop(): Promise<void> {
    await Promise.all(this.loops.map((loop) => loop.stop()));
  }

  /** Settles everything that is due now. */
  async drain(): Promise<void> {
    while (!this.loops[0]?.isStopped && (await this.settleNext()));
  }

  /**
   * Settles one membership in one transaction, or puts it off when its target fails.
   * @returns false when nothing is due
   * @throws when the database is away
   */
  async settleNext(): Promise<boolean> {
    const claimed: { work?: TargetWork } = {};
    try {
      return await this.database.unscoped(async (tx) => {
        const work = await claimTargetWork(tx);
        if (!work) return false;
        claimed.work = work;
        await enterIntegration(tx, work.integrationId);
        await withCauseOf(work, () => this.settle(tx, work));
        return true;
      });
    } catch (error) {
      if (!claimed.work) throw error;
      await this.putOff(claimed.work, error);
      return true;
    }
  }

  private async settle(tx: Tx, work: TargetWork): Promise<void> {
    const target = this.targets.find(({ name }) => name === work.target);
    if (!target) throw new Error(`there is no target ${work.target}`);
    const { statuses, mayHold } = await statusesOf(tx, work);
    const goal = desired(statuses, mayHold);
    await target.apply(tx, work, goal);
    const activated = goal === 'present' ? await confirmGrants(tx, work, 'active') : [];
    // A grant that ends while another still holds the membership ends without a removal.
    const ended = await confirmGrants(tx, work, 'ended');
    const { requestId, actor } = work;
    const cause = { requestId, actor };
    await recordEvents(tx, SCHEMA, [
      ...activated.map((grant) => grantEvent('grant.activated', grant, cause)),
      ...ended.map((grant) => grantEvent('grant.ended', grant, cause)),
    ]);
    await finishTargetWork(tx, work);
  }

  private async putOff(work: TargetWork, error: unknown): Promise<void> {
    const reason = (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, 500);
    const ageSeconds = await this.database.unscoped((tx) => postponeTargetWork(tx, work, reason));
    const alarm = work.urgent && ageSeconds >= ALARM_AFTER_SECONDS;
    const { target, integrationId, groupId, userId, urgent, attempts } = work;
    withCauseOf(work, () =>
      this.logger[alarm ? 'error' : 'warn'](
        { err: error, target, integrationId, groupId, userId, urgent, attempts: attempts + 1, ageSeconds },
        alarm ? 'A revocation is not confirmed by its target' : 'A target did not take a membership',
      ),
    );
  }
}

/** Runs `settle` under the request id and the trace of the change that left the work. */
function withCauseOf<T>({ requestId, traceparent, tracestate }: TargetWork, settle: () => T): T {
  return withRequestId(requestId, settle, acceptTrace(traceparent, tracestate));
}
