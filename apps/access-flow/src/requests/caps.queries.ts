import { type UnnamedFlow } from '@tidegate/contracts';
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
  if (flow.maxGrantsPerUser === null && flow.maxGrantsPerGroup === null) return;
  const { integrationId, userId, groupId } = membership;
  if (flow.maxGrantsPerGroup !== null)
    await tx.run(`SELECT pg_advisory_xact_lock(hashtextextended('grants of ' || $1 || $2, 0))`, [
      integrationId,
      groupId,
    ]);
  const counts = await tx.row<LiveCounts>(
    `SELECT
       (SELECT count(*) FROM access_flow.grants WHERE integration_id = $1 AND user_id = $2 AND flow_id = $4
          AND status <> 'ended' AND status = ANY ($5)) AS "ofUser",
       (SELECT count(*) FROM access_flow.grants WHERE integration_id = $1 AND group_id = $3
          AND status <> 'ended' AND status = ANY ($5)) AS "ofGroup"`,
    [integrationId, userId, groupId, flow.id, beforeBecoming('revoking')],
  );
  const refusal = whyCapped(flow, counts!);
  if (refusal) throw refusal;
}
