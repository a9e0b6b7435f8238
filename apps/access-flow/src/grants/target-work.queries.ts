import { type Cause } from '@tidegate/contracts';
import { traceColumns, type Tx } from '@tidegate/database';
import { DIRECTORY, type Membership } from './target.js';

/** A membership to apply to a target. The desired state is not stored: it is read when the work is done. */
export interface TargetWork extends Membership, Cause {
  target: string;
  urgent: boolean;
  /** Trace of the change that added the work; null for work older than traces. */
  traceparent: string | null;
  tracestate: string | null;
  attempts: number;
}

/**
 * Adds work for a new grant; call it before inserting the grant, to wait for a worker on the same membership. Existing work
 * keeps its request id, actor and trace, since it may belong to a revocation.
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

/** @returns the next due work, revocations first, locked; concurrent workers skip it */
export async function claimTargetWork(tx: Tx): Promise<TargetWork | undefined> {
  return tx.row<TargetWork>(
    `SELECT target, integration_id AS "integrationId", group_id AS "groupId", user_id AS "userId", urgent,
       request_id AS "requestId", actor, traceparent, tracestate, attempts
     FROM access_flow.target_work WHERE next_try_at <= now()
     ORDER BY urgent DESC, next_try_at LIMIT 1 FOR UPDATE SKIP LOCKED`,
  );
}

const keyBinds = (work: TargetWork) => [work.target, work.integrationId, work.groupId, work.userId];
const HAS_KEY = 'target = $1 AND integration_id = $2 AND group_id = $3 AND user_id = $4';

export async function finishTargetWork(tx: Tx, work: TargetWork): Promise<void> {
  await tx.run(`DELETE FROM access_flow.target_work WHERE ${HAS_KEY}`, keyBinds(work));
}

/**
 * Delays work after a failure: 0.5 s, doubling up to 60 s, without a limit of attempts.
 * @returns seconds since the work was created
 */
export async function postponeTargetWork(tx: Tx, work: TargetWork, reason: string): Promise<number> {
  const row = await tx.row<{ age: number }>(
    `UPDATE access_flow.target_work SET attempts = attempts + 1, last_error = $5,
       next_try_at = now() + make_interval(secs => least(60, 0.5 * power(2, least(attempts, 10))))
     WHERE ${HAS_KEY} RETURNING extract(epoch FROM now() - since)::float AS age`,
    [...keyBinds(work), reason],
  );
  return row?.age ?? 0;
}
