import { type Database, type Job, type JobKind, type NextRun, recordEvents, type Tx } from '@tidegate/database';
import { desired } from '../grants/grant.rule.js';
import { grantEvent } from '../grants/grant.events.js';
import { confirmGrants, readStatuses } from '../grants/grants.queries.js';
import { SCHEMA } from '../common/schema.js';
import { type Desired, type Membership, membershipOf, type Target, targetKind } from '../grants/target.js';

/** Memberships that one process applies to a target at a time. */
const CONCURRENCY = { local: 2, remote: 8 };
/** Calls of one integration at a time, in all processes. */
const CALLS_PER_INTEGRATION = 2;
const ALARM_AFTER_SECONDS = 30;

/**
 * Jobs that apply memberships to a target, and set the status of grants when the target confirms. A local target is part of
 * the transaction that updates the grants. A remote target is called outside any transaction.
 */
export function targetJobs(database: Database, target: Target): JobKind<Desired | undefined> {
  const kind = {
    name: targetKind(target.name),
    alarmAfterSeconds: ALARM_AFTER_SECONDS,
    alarmMessage: ({ urgent }: Job) =>
      urgent ? 'A revocation is not confirmed by its target' : 'A grant is not confirmed by its target',
  };
  if ('apply' in target) {
    const settle = async (tx: Tx, job: Job) => {
      const membership = membershipOf(job);
      const goal = await desiredState(tx, membership);
      await target.apply(tx, membership, goal);
      await confirm(tx, job, goal);
    };
    return { ...kind, concurrency: CONCURRENCY.local, settle };
  }
  return {
    ...kind,
    concurrency: CONCURRENCY.remote,
    concurrencyPerIntegration: CALLS_PER_INTEGRATION,
    async run(job, signal) {
      const membership = membershipOf(job);
      const scope = { integrationIds: [job.integrationId] };
      const goal = await database.transaction(scope, (tx) => desiredState(tx, membership));
      await target.call(membership, goal, signal);
      return goal;
    },
    async settle(tx, job, called): Promise<NextRun | void> {
      const goal = await desiredState(tx, membershipOf(job));
      if (goal !== called) return { retryInSeconds: 0 }; // grants changed during the call
      await confirm(tx, job, goal);
    },
  };
}

async function desiredState(tx: Tx, membership: Membership): Promise<Desired> {
  const { statuses, isActive } = await readStatuses(tx, membership);
  return desired(statuses, isActive);
}

/** Sets the status of grants after the target has confirmed `state`, and records the events. */
async function confirm(tx: Tx, job: Job, state: Desired): Promise<void> {
  const membership = membershipOf(job);
  const activated = state === 'present' ? await confirmGrants(tx, membership, 'active') : [];
  // Grants that are revoking end even if another grant keeps the membership.
  const ended = await confirmGrants(tx, membership, 'ended');
  const cause = { requestId: job.requestId, actor: job.actor };
  await recordEvents(tx, SCHEMA, [
    ...activated.map((grant) => grantEvent('grant.activated', grant, cause)),
    ...ended.map((grant) => grantEvent('grant.ended', grant, cause)),
  ]);
}
