import { type FlowRules, Refusal, type Requesters } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { hasOtherMembers, isMemberByScim, lockGroups } from '../directory/groups.queries.js';
import { lockIntegration } from '../directory/integrations.queries.js';
import { hasOtherUsers, lockPresent } from '../directory/users.queries.js';
import { onlyApprover, type EligibleUsers, whyUndecidable } from './decidable.rule.js';

/**
 * Locks the users and groups that the settings refer to, until the end of the transaction.
 *
 * @throws Refusal `missing` for an unknown integration, `invalid` for inactive users and groups that are not synced
 */
export async function lockReferences(tx: Tx, integrationId: string, settings: Partial<FlowRules>): Promise<void> {
  if (!(await lockIntegration(tx, integrationId))) throw new Refusal('missing', 'No such integration.');
  const { approval, requesters, groupIds = [] } = settings;
  const approverIds = approval?.kind === 'one_approver' ? approval.approverIds : [];
  const approvers = await lockPresent(tx, integrationId, approverIds);
  if (!approverIds.every((id) => approvers.get(id)?.active))
    throw new Refusal('invalid', 'approval.approverIds must be ids of active users of this integration.');
  const requesterGroups = requesters?.kind === 'members_of' ? requesters.groupIds : [];
  const groups = await lockGroups(tx, integrationId, [...groupIds, ...requesterGroups]);
  if (!groupIds.every((id) => groups.has(id)))
    throw new Refusal('invalid', 'groupIds must be ids of synced groups of this integration.');
  if (!requesterGroups.every((id) => groups.has(id)))
    throw new Refusal('invalid', 'requesters.groupIds must be ids of synced groups of this integration.');
}

/** @throws Refusal `invalid` for an enabled flow whose requests could not be reviewed */
export async function refuseUndecidable(tx: Tx, integrationId: string, settings: FlowRules): Promise<void> {
  const approverId = onlyApprover(settings);
  const eligible = approverId ? await eligibleUsers(tx, integrationId, settings.requesters, approverId) : undefined;
  const refusal = whyUndecidable(settings, eligible);
  if (refusal) throw refusal;
}

/** @param approverId an active user */
async function eligibleUsers(
  tx: Tx,
  integrationId: string,
  requesters: Requesters,
  approverId: string,
): Promise<EligibleUsers> {
  if (requesters.kind === 'everyone')
    return { approver: true, others: await hasOtherUsers(tx, integrationId, approverId) };
  const { groupIds } = requesters;
  return {
    approver: await isMemberByScim(tx, integrationId, approverId, groupIds),
    others: await hasOtherMembers(tx, integrationId, groupIds, approverId),
  };
}
