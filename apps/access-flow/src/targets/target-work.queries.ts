import { type Cause } from '@tidegate/contracts';
import { traceColumns, type Tx } from '@tidegate/database';
import { DIRECTORY, type Membership } from './target.js';

/** One membership that a target must look at again. What is desired is not kept here: it is read when it is done. */
export interface TargetWork extends Membership, Cause {
  target: string;
  urgent: boolean;
  /** The trace of the change that left the work; null for work from before traces. */
  traceparent: string | null;
  tracestate: string | null;
  attempts: number;
}

/**
 * Leaves work for a new grant. It is written before the grant, so that a worker on the same membership is waited for. Work
 * that is already there keeps its cause, request id, actor and trace together: it may be that of a revocation.
 */
export async function addTargetWork(tx: Tx, membership: Membership, cause: Cause): Promise<void> {
  const { traceparent, tracestate } = traceColumns();
  const { integrationId, groupId, userId } = membership;
  await tx.run(
    `INSERT INTO access_flow.target_work (target, integration_id, group_id, user_id, urgent, request_id, actor,
       traceparent, tracestate)
     VALUES ($1, $2, $3, $4, false, $5, $6, $7, $8)
     ON CONFLICT (target, integration_id, group_id, user_id) DO UPDATE SET next_try_at = now()`,
    [DIRECTORY, integrationId, groupId, userId, cause.requestId, cause.actor, traceparent, tracestate],
  );
}

/** Takes the next due work for this transaction; workers side by side take different work. Revocations go first. */
export async function claimTargetWork(tx: Tx): Promise<TargetWork | undefined> {
  return tx.row<TargetWork>(
    `SELECT target, integration_id AS "integrationId", group_id AS "groupId", user_id AS "userId", urgent,
       request_id AS "requestId", actor, traceparent, tracestate, attempts
     FROM access_flow.target_work WHERE next_try_at <= now()
     ORDER BY urgent DESC, next_try_at LIMIT 1 FOR UPDATE SKIP LOCKED`,
  );
}

const KEY = (work: TargetWork) => [work.target, work.integrationId, work.groupId, work.userId];
const SAME = 'target = $1 AND integration_id = $2 AND group_id = $3 AND user_id = $4';

export async function finishTargetWork(tx: Tx, work: TargetWork): Promise<void> {
  await tx.run(`DELETE FROM access_flow.target_work WHERE ${SAME}`, KEY(work));
}

/**
 * Puts work off after a failure: half a second, doubling, at most a minute, for ever.
 * @returns seconds since the work was made
 */
export async function postponeTargetWork(tx: Tx, work: TargetWork, reason: string): Promise<number> {
  const row = await tx.row<{ age: number }>(
    `UPDATE access_flow.target_work SET attempts = attempts + 1, last_error = $5,
       next_try_at = now() + make_interval(secs => least(60, 0.5 * power(2, least(attempts, 10))))
     WHERE ${SAME} RETURNING extract(epoch FROM now() - since)::float AS age`,
    [...KEY(work), reason],
  );
  return row?.age ?? 0;
}
