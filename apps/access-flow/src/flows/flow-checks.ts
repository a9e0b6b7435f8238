import { type FlowSettings, Refusal, type Requesters } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { hasOtherMembers, isPushedInto, lockGroups } from '../directory/groups.queries.js';
import { lockIntegration } from '../directory/integrations.queries.js';
import { hasOtherUsers, lockPresent } from '../directory/users.queries.js';
import { onlyApprover, type PossibleRequesters, whyUndecidable } from './decidable.rule.js';

/** Everything that settings name must be there, and stays until the transaction is over. */
export async function lockNamed(tx: Tx, integrationId: string, named: Partial<FlowSettings>): Promise<void> {
  if (!(await lockIntegration(tx, integrationId))) throw new Refusal('missing', 'No such integration.');
  const { approval, requesters } = named;
  const approverIds = approval?.kind === 'one_approver' ? approval.approverIds : [];
  const approvers = await lockPresent(tx, integrationId, approverIds);
  if (!approverIds.every((id) => approvers.get(id)?.active))
    throw new Refusal('invalid', 'approval.approverIds must name active users of the integration.');
  const requesterGroups = requesters?.kind === 'members_of' ? requesters.groupIds : [];
  const groups = await lockGroups(tx, integrationId, [...(named.groupIds ?? []), ...requesterGroups]);
  if (!(named.groupIds ?? []).every((id) => groups.has(id)))
    throw new Refusal('invalid', 'groupIds must name groups of the integration that are synced.');
  if (!requesterGroups.every((id) => groups.has(id)))
    throw new Refusal('invalid', 'requesters.groupIds must name groups of the integration that are synced.');
}

/** @throws Refusal `invalid` for a flow under which no one could decide a request */
export async function refuseUndecidable(tx: Tx, integrationId: string, settings: FlowSettings): Promise<void> {
  const approverId = onlyApprover(settings);
  const requesters = approverId
    ? await requestersBeside(tx, integrationId, settings.requesters, approverId)
    : undefined;
  const refusal = whyUndecidable(settings, requesters);
  if (refusal) throw refusal;
}

/** @param approverId an active user */
async function requestersBeside(
  tx: Tx,
  integrationId: string,
  requesters: Requesters,
  approverId: string,
): Promise<PossibleRequesters> {
  if (requesters.kind === 'everyone')
    return { approver: true, others: await hasOtherUsers(tx, integrationId, approverId) };
  const { groupIds } = requesters;
  return {
    approver: await isPushedInto(tx, integrationId, approverId, groupIds),
    others: await hasOtherMembers(tx, integrationId, groupIds, approverId),
  };
}
