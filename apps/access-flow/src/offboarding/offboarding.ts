import {
  type Cause,
  type GroupMembersChanged,
  type GroupState,
  type IntegrationState,
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
import {
  disableFlows,
  dropApproverFromFlows,
  dropGroupFromFlows,
  lockFlowsForMembersOf,
} from '../policy/flows.queries.js';
import { revokeGrants } from '../grants/revoke-grants.js';
import { cancelRequests } from '../requests/cancel-requests.js';
import { dropApproverFromRequests, lockPending, type RequestSubject } from '../requests/cancel.queries.js';
import { type Affected } from '../requests/pending.queries.js';
import { updatePending } from '../requests/update-pending.js';

/** What a change of the directory ended. */
export interface Ended {
  /** Number of grants. */
  grants: number;
  /** Number of cancelled requests. */
  requests: number;
  /** Ids of pending requests that no approver can decide. */
  undecidable: string[];
}
const NOTHING: Ended = { grants: 0, requests: 0, undecidable: [] };

/**
 * Stores a user's state. After a deactivation or deletion it ends the user's grants, cancels the user's requests, and removes
 * the user as approver. Events, the reconciler and rebuilds all use it.
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
  if (state.deleted) {
    await dropMemberships(tx, integrationId, userId);
    await tx.delete(UserProfileEntity, { integrationId, userId });
  }
  if (endsMadeBefore === 0) return NOTHING; // active and never deactivated: no grant has a lower count
  const end: AccessEnd<RequestSubject> = {
    subject: { kind: 'user', id: userId, madeBefore: endsMadeBefore },
    reason: 'user_deactivated',
    cause,
  };
  if (!left) return close(tx, integrationId, end);
  await dropApproverFromFlows(tx, integrationId, userId);
  await lockPending(tx, integrationId, end.subject);
  const ids = await dropApproverFromRequests(tx, integrationId, userId);
  return close(tx, integrationId, end, { ids });
}

/**
 * Stores a user's state and profile, each if it is newer than the stored one.
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
  if (!removed) await storeProfile(tx, integrationId, received);
  return ended;
}

/**
 * Stores a group's state. After a deletion or removal from sync it ends the group's grants and cancels its requests. A deleted
 * group is removed from its flows. A group that is no longer synced stays in them and can be requested when it is synced again.
 */
export async function applyGroupState(
  tx: Tx,
  integrationId: string,
  received: GroupState,
  cause: Cause,
): Promise<Ended> {
  const reason = await storeGroup(tx, integrationId, received);
  if (!reason) return NOTHING;
  const end = { subject: { kind: 'group', id: received.groupId }, reason, cause } as const;
  // Upgrading share locks can deadlock, so a deletion takes exclusive locks at once.
  const lockFlows = reason === 'group_deleted' ? dropGroupFromFlows : lockFlowsForMembersOf;
  const flowIds = await lockFlows(tx, integrationId, received.groupId);
  await lockPending(tx, integrationId, end.subject, flowIds);
  return close(tx, integrationId, end, { flowIds });
}

/** Stores changes of a group's members. Cancels pending requests of removed members who are no longer eligible. */
export async function applyMembers(
  tx: Tx,
  integrationId: string,
  received: GroupMembersChanged,
  cause: Cause,
): Promise<Ended> {
  const ended = await applyGroupState(tx, integrationId, received, cause);
  await storeMembers(tx, integrationId, received);
  const userIds = received.changes.filter(({ present }) => !present).map(({ userId }) => userId);
  const flowIds = userIds.length > 0 ? await lockFlowsForMembersOf(tx, integrationId, received.groupId) : [];
  if (flowIds.length === 0) return ended;
  const { cancelled, undecidable } = await updatePending(tx, integrationId, { flowIds, userIds }, cause);
  return { ...ended, requests: ended.requests + cancelled, undecidable: [...ended.undecidable, ...undecidable] };
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
    await disableFlows(tx, integrationId);
    await tx.delete(UserProfileEntity, { integrationId });
  }
  await lockPending(tx, integrationId, end.subject);
  return close(tx, integrationId, end);
}

/** @param touched locked requests that `end` does not cancel, but that may no longer fit their flow */
async function close(
  tx: Tx,
  integrationId: string,
  end: AccessEnd<RequestSubject>,
  touched: Affected = { ids: [] },
): Promise<Ended> {
  const requests = await cancelRequests(tx, integrationId, end);
  const { cancelled, undecidable } = await updatePending(tx, integrationId, touched, end.cause);
  const grants = await revokeGrants(tx, integrationId, end);
  return { grants, requests: requests + cancelled, undecidable };
}
