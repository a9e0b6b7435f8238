import { type Cause, type GrantEndReason } from '@tidegate/contracts';
import { addJobs, type Tx } from '@tidegate/database';
import { SCHEMA } from '../common/schema.js';
import { lockAccessInputs } from '../policy/access-inputs.js';
import { findObstacle, type Obstacle } from '../policy/obstacle.rule.js';
import { GrantEntity } from './grant.entity.js';
import { activate } from './grants.queries.js';
import { revokeGrants } from './revoke-grants.js';
import { membershipJob } from './target.js';

/** Why a scheduled grant ends instead of starting. */
const REASONS: Record<Obstacle, GrantEndReason> = {
  no_user: 'user_deactivated',
  user_deactivated: 'user_deactivated',
  flow_disabled: 'flow_changed',
  group_not_offered: 'flow_changed',
  group_not_synced: 'group_not_synced',
  requester_not_eligible: 'requester_not_eligible',
};

/** Starts a scheduled grant at its time. The rules are evaluated again: if they no longer allow it, it ends. */
export async function startGrant(tx: Tx, integrationId: string, id: string, cause: Cause): Promise<void> {
  const grant = await tx.findOne(GrantEntity, { where: { integrationId, id } });
  if (grant?.status !== 'scheduled') return;
  const { flow, inputs } = await lockAccessInputs(tx, integrationId, grant);
  const obstacle = flow && findObstacle(flow, inputs);
  if (!flow || obstacle) {
    const reason = obstacle ? REASONS[obstacle] : 'flow_deleted';
    await revokeGrants(tx, integrationId, { subject: { kind: 'grant', id }, reason, cause });
    return;
  }
  await addJobs(tx, SCHEMA, [membershipJob(grant, cause, false)]);
  await activate(tx, integrationId, id);
}
