import {
  type Cause,
  type GrantEndReason,
  type GroupMembersChanged,
  type GroupState,
  type IntegrationState,
  type RequestStatusReason,
  type UserProfile,
  type UserState,
} from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { dropMemberships, storeGroup, storeMembers } from '../directory/groups.queries.js';
import { storeIntegration, lockIfRemoved } from '../directory/integrations.queries.js';
import { storeProfile } from '../directory/profiles.queries.js';
import { UserProfileEntity } from '../directory/user-profile.entity.js';
import { checkUserProfile, checkUserState, nextUser } from '../directory/user-state.rule.js';
import { lockForChange, storeUser } from '../directory/users.queries.js';
import { type AccessEnd } from '../grants/access-end.js';
import { revokeGrants } from '../grants/revoke-grants.js';
import { type GrantSubject } from '../grants/revoke.queries.js';
import { flowReferences } from '../policy/flow-settings.rule.js';
import { disableFlows, lockFlowsDependingOn } from '../policy/flows.queries.js';
import { requestsDependingOn } from '../requests/approvers.queries.js';
import { cancelRequests } from '../requests/cancel-requests.js';
import { lockPending, type RequestSubject } from '../requests/cancel.queries.js';
import { pendingIds } from '../requests/pending.queries.js';
import { type Ended, recheck } from '../requests/recheck.js';
import { addApproverJobs } from '../requests/approvers.jobs.js';

/** Selects grants and requests that end together. */
type EndedSubject = Extract<RequestSubject, GrantSubject>;
/** The same reason ends grants and cancels requests. */
type End = Omit<AccessEnd<EndedSubject>, 'reason'> & { reason: GrantEndReason & RequestStatusReason };
const NOTHING: Ended = { grants: 0, requests: 0 };

/**
 * Stores a user's state. After a deactivation or deletion it ends the user's grants, cancels the user's requests, and finds
 * other approvers for the requests that the user could decide. A flow that names the user ignores it from then on. As a member
 * of an approver group the user decides again after a reactivation. Events, the reconciler and rebuilds all use it.
 *
 * It locks the user's row first, and transactions that grant lock it too. So a concurrent grant is either committed
 * and ended here, or its transaction sees the deactivation.
 *
 * @throws Error for a state that breaks the contract
 */
export async function applyUserState(tx: Tx, integrationId: string, received: UserState, cause: Cause): Promise<Ended> {
  checkUserState(received);
  const known = await lockForChange(tx, integrationId, received);
  const { state, left, endsMadeBefore } = nextUser(known, received);
  if (known) await storeUser(tx, integrationId, state);
  const { userId } = state;
  const comesBack = known?.active === false && state.active;
  if (state.deleted) {
    await dropMemberships(tx, integrationId, userId);
    await tx.delete(UserProfileEntity, { integrationId, userId });
  }
  if (endsMadeBefore === 0) return NOTHING; // active and never deactivated: no grant has a lower count
  const end: End = {
    subject: { kind: 'user', id: userId, madeBefore: endsMadeBefore },
    reason: 'user_deactivated',
    cause,
  };
  const ended = await close(tx, integrationId, end);
  if (left || comesBack)
    await addApproverJobs(tx, integrationId, await requestsDependingOn(tx, integrationId, userId), cause);
  return ended;
}

/**
 * Stores a user's state and profile, each if it is newer than the stored one. Ends access that the changed attributes no
 * longer allow, and finds the approvers again of the user's requests, because the manager may have changed.
 * @throws Error for a profile that breaks the contract
 */
export async function applyUserProfile(
  tx: Tx,
  integrationId: string,
  received: UserProfile,
  cause: Cause,
): Promise<Ended> {
  checkUserProfile(received);
  const removed = await lockIfRemoved(tx, integrationId);
  const ended = await applyUserState(tx, integrationId, received, cause);
  if (removed || !(await storeProfile(tx, integrationId, received))) return ended;
  const changed = await recheck(tx, integrationId, { userIds: [received.userId] }, cause);
  await addApproverJobs(tx, integrationId, await pendingIds(tx, integrationId, { userId: received.userId }), cause);
  return plus(ended, changed);
}

/**
 * Stores a group's state. After a deletion or removal from sync it ends the group's grants and cancels its requests. Flows
 * that name the group keep it: a deleted group matches no condition and has no approvers, and one that is not synced has
 * them again when it is.
 */
export async function applyGroupState(
  tx: Tx,
  integrationId: string,
  received: GroupState,
  cause: Cause,
): Promise<Ended> {
  const reason = await storeGroup(tx, integrationId, received);
  if (!reason) return NOTHING;
  const { groupId } = received;
  const end = { subject: { kind: 'group', id: groupId }, reason, cause } as const;
  const flowIds = (await lockFlowsDependingOn(tx, integrationId, groupId)).map(({ id }) => id);
  const ended = await close(tx, integrationId, end);
  const lost = await recheck(tx, integrationId, { flowIds }, cause);
  await addApproverJobs(tx, integrationId, await pendingIds(tx, integrationId, { flowIds }), cause);
  return plus(ended, lost);
}

/**
 * Stores changes of a group's members. Ends access of the changed users that flows with the group in their condition no
 * longer allow, and finds the approvers again of requests that members of the group can decide.
 */
export async function applyMembers(
  tx: Tx,
  integrationId: string,
  received: GroupMembersChanged,
  cause: Cause,
): Promise<Ended> {
  const ended = await applyGroupState(tx, integrationId, received, cause);
  await storeMembers(tx, integrationId, received);
  const flows = await lockFlowsDependingOn(tx, integrationId, received.groupId);
  if (flows.length === 0) return ended;
  const userIds = received.changes.map(({ userId }) => userId);
  const flowIds = flows.map(({ id }) => id);
  const changed = await recheck(tx, integrationId, { flowIds, userIds }, cause);
  const deciding = flows.filter((flow) => flowReferences(flow).approverGroupIds.includes(received.groupId));
  const pending = await pendingIds(tx, integrationId, { flowIds: deciding.map(({ id }) => id) });
  await addApproverJobs(tx, integrationId, pending, cause);
  return plus(ended, changed);
}

/**
 * Stores an integration's state. If it was removed or disabled, all its grants and pending requests end. The flows of a removed
 * integration are disabled; those of a disabled one can be used again when it is enabled.
 */
export async function applyIntegrationState(tx: Tx, received: IntegrationState, cause: Cause): Promise<Ended> {
  const { removedNow, disabledSince } = await storeIntegration(tx, received);
  if (!removedNow && !disabledSince) return NOTHING;
  const { integrationId } = received;
  const reason = removedNow ? 'integration_removed' : 'integration_disabled';
  const end = { subject: { kind: 'integration', id: integrationId }, reason, cause } as const;
  if (removedNow) {
    await disableFlows(tx, integrationId, cause.actor);
    await tx.delete(UserProfileEntity, { integrationId });
  }
  return close(tx, integrationId, end);
}

/** Ends the access of a subject, which is locked. */
async function close(tx: Tx, integrationId: string, end: End): Promise<Ended> {
  await lockPending(tx, integrationId, end.subject);
  const grants = await revokeGrants(tx, integrationId, end);
  const requests = await cancelRequests(tx, integrationId, end);
  return { grants, requests };
}

const plus = (one: Ended, other: Ended): Ended => ({
  grants: one.grants + other.grants,
  requests: one.requests + other.requests,
});
