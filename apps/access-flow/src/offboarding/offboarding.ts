import {
  type Cause,
  type GroupMembersChanged,
  type GroupState,
  type IntegrationState,
  type UserProfile,
  type UserState,
} from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { dropMemberships, keepGroup, keepMembers } from '../directory/groups.queries.js';
import { keepIntegration, lockIfRemoved } from '../directory/integrations.queries.js';
import { dropProfile, dropProfiles, storeProfile } from '../directory/profiles.queries.js';
import { checkUserProfile, checkUserState, received } from '../directory/user-state.rule.js';
import { lockForChange, storeUser } from '../directory/users.queries.js';
import { type AccessEnd } from '../access-end.js';
import {
  disableFlows,
  dropApproverFromFlows,
  dropGroupFromFlows,
  lockFlowsForMembersOf,
} from '../flows/flows.queries.js';
import { revokeGrants } from '../grants/revoke.queries.js';
import {
  cancelRequests,
  dropApproverFromRequests,
  lockPending,
  type RequestSubject,
} from '../requests/cancel.queries.js';
import { type Affected } from '../requests/pending.queries.js';
import { updatePending } from '../requests/update-pending.js';

/** How much a change of the directory ended. */
export interface Ended {
  grants: number;
  requests: number;
  /** Requests that no one can decide any more. */
  undecidable: string[];
}
const NOTHING: Ended = { grants: 0, requests: 0, undecidable: [] };

/**
 * Keeps a user's state, and when the user has left ends everything they borrowed, asked for or had a say in. The one way
 * for events and for the reconciler.
 *
 * The user's row is locked first: whoever is granting to this user holds it for share, so either their grant is here to
 * be ended, or they will find the user gone.
 *
 * @throws Error for a state that breaks the contract
 */
export async function applyUserState(tx: Tx, integrationId: string, told: UserState, cause: Cause): Promise<Ended> {
  checkUserState(told);
  const known = await lockForChange(tx, integrationId, told);
  const { state, left, endsMadeBefore } = received(known, told);
  if (known) await storeUser(tx, integrationId, state);
  const { userId } = state;
  if (state.deleted) {
    await dropMemberships(tx, integrationId, userId);
    await dropProfile(tx, integrationId, userId);
  }
  if (endsMadeBefore === 0) return NOTHING; // here, and never gone: nothing was made under a lower count
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
 * Stores a user's state and profile, each when it is newer than what is stored.
 * @throws Error for a profile that breaks the contract
 */
export async function applyUserProfile(tx: Tx, integrationId: string, told: UserProfile, cause: Cause): Promise<Ended> {
  checkUserProfile(told);
  const removed = await lockIfRemoved(tx, integrationId);
  const ended = await applyUserState(tx, integrationId, told, cause);
  if (!removed) await storeProfile(tx, integrationId, told);
  return ended;
}

/**
 * Keeps a group's state; what was lent of one that was deleted or let go ends. A deleted group leaves its flows; one that
 * is no longer synced stays in them, unusable, and can be borrowed again when it is taken in again.
 */
export async function applyGroupState(tx: Tx, integrationId: string, told: GroupState, cause: Cause): Promise<Ended> {
  const reason = await keepGroup(tx, integrationId, told);
  if (!reason) return NOTHING;
  const end = { subject: { kind: 'group', id: told.groupId }, reason, cause } as const;
  // Share locks that are made exclusive meet deadlocks, so a deletion takes exclusive ones at once.
  const lockFlows = reason === 'group_deleted' ? dropGroupFromFlows : lockFlowsForMembersOf;
  const flowIds = await lockFlows(tx, integrationId, told.groupId);
  await lockPending(tx, integrationId, end.subject, flowIds);
  return close(tx, integrationId, end, { flowIds });
}

/** Keeps the members of a group. Who left it keeps no request under a flow that is for its members alone. */
export async function applyMembers(
  tx: Tx,
  integrationId: string,
  told: GroupMembersChanged,
  cause: Cause,
): Promise<Ended> {
  const ended = await applyGroupState(tx, integrationId, told, cause);
  await keepMembers(tx, integrationId, told);
  const userIds = told.changes.filter(({ present }) => !present).map(({ userId }) => userId);
  const flowIds = userIds.length > 0 ? await lockFlowsForMembersOf(tx, integrationId, told.groupId) : [];
  if (flowIds.length === 0) return ended;
  const { cancelled, undecidable } = await updatePending(tx, integrationId, { flowIds, userIds }, cause);
  return { ...ended, requests: ended.requests + cancelled, undecidable: [...ended.undecidable, ...undecidable] };
}

/**
 * Keeps an integration's state. Everything of one that was removed or disabled ends; the flows of a removed one are
 * switched off, those of a disabled one wait for it to be enabled.
 */
export async function applyIntegrationState(tx: Tx, told: IntegrationState, cause: Cause): Promise<Ended> {
  const { removedNow, disabledSince } = await keepIntegration(tx, told);
  if (!removedNow && !disabledSince) return NOTHING;
  const { integrationId } = told;
  const reason = removedNow ? 'integration_removed' : 'integration_disabled';
  const end = { subject: { kind: 'integration', id: integrationId }, reason, cause } as const;
  if (removedNow) {
    await disableFlows(tx, integrationId);
    await dropProfiles(tx, integrationId);
  }
  await lockPending(tx, integrationId, end.subject);
  return close(tx, integrationId, end);
}

/** @param touched locked requests that do not end with it, and may fit their flow no more */
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
