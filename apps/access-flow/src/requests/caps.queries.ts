import { FLOW_LIMITS, Refusal, type UnnamedFlow } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { beforeBecoming } from '../grants/grant.rule.js';
import { type Membership } from '../grants/target.js';
import { type LiveCounts, whyCapped } from './may-request.rule.js';

/**
 * Checks the caps of a flow for one more grant. The user must be locked. Grants of one group are counted one transaction
 * after the other.
 * @throws Refusal `conflict`
 */
export async function refuseCapped(tx: Tx, flow: UnnamedFlow, membership: Membership): Promise<void> {
  const { integrationId, groupId } = membership;
  if (flow.maxGrantsPerGroup !== null)
    await tx.run(`SELECT pg_advisory_xact_lock(hashtextextended('grants of ' || $1 || $2, 0))`, [
      integrationId,
      groupId,
    ]);
  const refusal = await findCapped(tx, flow, membership);
  if (refusal) throw refusal;
}

/** @returns the Refusal of one more grant, by the caps of a flow. It locks nothing. */
export async function findCapped(
  tx: Tx,
  flow: UnnamedFlow,
  { integrationId, userId, groupId }: Membership,
): Promise<Refusal | undefined> {
  if (flow.maxGrantsPerUser === null && flow.maxGrantsPerGroup === null) return undefined;
  const counts = await tx.row<LiveCounts>(
    `SELECT
       (SELECT count(*) FROM access_flow.grants WHERE integration_id = $1 AND user_id = $2 AND flow_id = $4
          AND status <> 'ended' AND status = ANY ($5)) AS "ofUser",
       (SELECT count(*) FROM access_flow.grants WHERE integration_id = $1 AND group_id = $3
          AND status <> 'ended' AND status = ANY ($5)) AS "ofGroup"`,
    [integrationId, userId, groupId, flow.id, beforeBecoming('revoking')],
  );
  return whyCapped(flow, counts!);
}

/**
 * Limits how much one user can have pending: every deactivation, and every change of the user's profile, handles all of it. The
 * user must be locked.
 * @throws Refusal `conflict`
 */
export async function refuseTooManyPending(tx: Tx, integrationId: string, userId: string): Promise<void> {
  const row = await tx.row<{ count: number }>(
    `SELECT (SELECT count(*) FROM access_flow.requests WHERE integration_id = $1 AND user_id = $2 AND status = 'pending')
       + (SELECT count(*) FROM access_flow.grants WHERE integration_id = $1 AND user_id = $2 AND status = 'scheduled') AS count`,
    [integrationId, userId],
  );
  if (row!.count >= FLOW_LIMITS.pendingPerUser)
    throw new Refusal(
      'conflict',
      `This user has ${FLOW_LIMITS.pendingPerUser} pending requests and scheduled grants, the most that is possible. Cancel some first.`,
    );
}
